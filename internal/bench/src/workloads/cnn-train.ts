import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import { asTimes, measure } from '../measure.js';
import { measuring, type Workload } from '../workload.js';
import { batchSize, trainingStep } from './training.js';

/** A training step of the MNIST network with cross-entropy and Adam. */
export const cnnTrain: Workload = {
  name: 'cnn-train',
  description: 'training step of the MNIST network, batch 64, cross-entropy, Adam',
  tooSlowOn: ['cpu'],
  run: async (task) => {
    const step = trainingStep(crossEntropyLoss());
    const { timing } = await measure({ timing: step }, measuring(task, { values: 40, warmUp: 20, limitSeconds: 60 }));
    const details = { batch: batchSize, gflop: 5.251 };
    return [asTimes({ workload: 'cnn-train', backend: task.backend, details }, 'ms/step', timing)];
  },
};
