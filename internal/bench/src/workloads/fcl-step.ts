import { fcl } from '@equipoise/loss-fcl';
import { asTimes, measure } from '../measure.js';
import { measuring, type Workload } from '../workload.js';
import { batchSize, trainingStep } from './training.js';

const noise = { type: 'noise', sigma: 0.2, clip: true } as const;

/**
 * A training step of the MNIST network with Feature Contrastive Learning: a forward pass and the gradient of the input for the
 * utility, two views of every image, and one batch of clean images and views.
 */
export const fclStep: Workload = {
  name: 'fcl-step',
  description: 'training step of the MNIST network with Feature Contrastive Learning, batch 64',
  tooSlowOn: ['cpu'],
  run: async (task) => {
    const loss = fcl({
      fraction: 0.1,
      lowRule: 'bottom',
      high: noise,
      low: noise,
      relation: 'in-batch',
      relationWeight: 0.5,
      temperature: 0.2,
      lowViewWeight: 0,
      warmUpFraction: 0,
    });
    const step = trainingStep(loss);
    const { timing } = await measure({ timing: step }, measuring(task, { values: 15, warmUp: 10, limitSeconds: 60 }));
    const details = { batch: batchSize, gflop: 19.33 };
    return [asTimes({ workload: 'fcl-step', backend: task.backend, details }, 'ms/step', timing)];
  },
};
