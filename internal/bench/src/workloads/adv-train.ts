import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import { asTimes, measure } from '../measure.js';
import { measuring, type Workload } from '../workload.js';
import { perturbWith } from './pgd.js';
import { batchSize, trainingStep } from './training.js';

const attack = { eps: 0.3, stepSize: 0.1, steps: 7 };

/** A step of adversarial training: seven steps of projected gradient descent, and a training step on what they give. */
export const advTrain: Workload = {
  name: 'adv-train',
  description: 'adversarial training step of the MNIST network, batch 64, 7 steps of projected gradient descent',
  tooSlowOn: ['cpu'],
  run: async (task) => {
    const step = trainingStep(crossEntropyLoss(), {
      learningRate: 1e-4,
      perturb: (model, batch, rng) => perturbWith(attack, model, batch, rng),
    });
    const { timing } = await measure({ timing: step }, measuring(task, { values: 10, warmUp: 4, limitSeconds: 60 }));
    const details = { batch: batchSize, steps: attack.steps, gflop: 30.13 };
    return [asTimes({ workload: 'adv-train', backend: task.backend, details }, 'ms/step', timing)];
  },
};
