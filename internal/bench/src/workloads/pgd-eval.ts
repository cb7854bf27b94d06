import { createRng } from '@equipoise/kit';
import { asTimes, measure } from '../measure.js';
import { measuring, type Workload } from '../workload.js';
import { perturbWith } from './pgd.js';
import { mnistNetwork, randomBatch } from './training.js';

const images = 100;
const attack = { eps: 0.3, stepSize: 0.03, steps: 20 };

/** Projected gradient descent on the MNIST network, 20 steps from a random start, without early stop. */
export const pgdEval: Workload = {
  name: 'pgd-eval',
  description: 'step of projected gradient descent on the MNIST network, batch 100',
  tooSlowOn: ['cpu'],
  run: async (task) => {
    const model = mnistNetwork();
    const batch = randomBatch(0, images);
    const step = async () => {
      const adversarial = await perturbWith(attack, model, batch, createRng(0));
      await adversarial.data();
      adversarial.dispose();
    };
    const { timing } = await measure({ timing: step }, measuring(task, { values: 5, warmUp: 2, limitSeconds: 60 }));
    const milliseconds = timing.milliseconds.map((time) => time / attack.steps);
    const details = { batch: images, steps: attack.steps, gflop: 5.554 };
    return [asTimes({ workload: 'pgd-eval', backend: task.backend, details }, 'ms/step', { ...timing, milliseconds })];
  },
};
