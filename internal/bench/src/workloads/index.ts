import type { Workload } from '../workload.js';
import { cnnTrain } from './cnn-train.js';
import { conv } from './conv.js';
import { fclStep } from './fcl-step.js';
import { matmul } from './matmul.js';
import { sensitivity } from './sensitivity.js';
import { startup } from './startup.js';

/** Every workload by its name, in the order in which they are measured. */
export const workloads: ReadonlyMap<string, Workload> = new Map(
  [matmul, conv, cnnTrain, fclStep, sensitivity, startup].map((workload) => [workload.name, workload]),
);
