import type { Workload } from '../workload.js';
import { advTrain } from './adv-train.js';
import { cnnTrain } from './cnn-train.js';
import { conv } from './conv.js';
import { fclStep } from './fcl-step.js';
import { growth } from './growth.js';
import { matmul } from './matmul.js';
import { overhead } from './overhead.js';
import { pgdEval } from './pgd-eval.js';
import { plbIteration } from './plb.js';
import { sensitivity } from './sensitivity.js';
import { startup } from './startup.js';
import { workers } from './workers.js';

/** Every workload by its name, in the order in which they are measured. */
export const workloads: ReadonlyMap<string, Workload> = new Map(
  [
    matmul,
    conv,
    cnnTrain,
    pgdEval,
    advTrain,
    fclStep,
    plbIteration,
    sensitivity,
    startup,
    overhead,
    growth,
    workers,
  ].map((workload) => [workload.name, workload]),
);
