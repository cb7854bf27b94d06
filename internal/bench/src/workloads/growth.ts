import { createRng } from '@equipoise/kit';
import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import { cnn } from '@equipoise/model-vision';
import * as tf from '@tensorflow/tfjs-core';
import { asTimes, measure, type Step } from '../measure.js';
import { measuring, type Workload, type WorkloadTask } from '../workload.js';
import { perturbWith } from './pgd.js';
import { mnistNetwork, randomBatch, trainingStep } from './training.js';

const batches = [16, 32, 64, 128, 256];
const sides = [14, 28, 42, 56];
const attackSteps = [5, 10, 20, 40];

/** How the time of a training step grows with batch and image, and that of an attack with its steps. */
export const growth: Workload = {
  name: 'growth',
  description: 'time by batch size, image size and steps of an attack',
  isAlone: true,
  tooSlowOn: ['cpu'],
  run: async (task) => [
    ...(await timesOf('batch of', batches, withBatch, task)),
    ...(await timesOf('image side', sides, withSide, task)),
    ...(await timesOf('steps of attack', attackSteps, withSteps, task)),
  ],
};

async function timesOf(what: string, sizes: readonly number[], make: (size: number) => Step, task: WorkloadTask) {
  const measured = [];
  for (const size of sizes) {
    const { timing } = await measure(
      { timing: make(size) },
      measuring(task, { values: 9, warmUp: 4, limitSeconds: 15 }),
    );
    const details = { what, size };
    measured.push(
      asTimes({ workload: 'growth', backend: task.backend, case: `${what} ${size}`, details }, 'ms total', timing),
    );
  }
  return measured;
}

function withBatch(size: number): Step {
  return trainingStep(crossEntropyLoss(), { batches: [randomBatch(0, size)] });
}

function withSide(side: number): Step {
  const model = cnn({ preset: 'madry-mnist', inputShape: [side, side, 1], seed: 0 });
  const { labels, sampleIndices } = randomBatch(0);
  const x = tf.tensor(createRng(0).uniforms(labels.size * side * side), [labels.size, side, side, 1]);
  return trainingStep(crossEntropyLoss(), { model, batches: [{ x, labels, sampleIndices }] });
}

function withSteps(steps: number): Step {
  const [model, batch] = [mnistNetwork(), randomBatch(0)];
  return async () => {
    const moved = await perturbWith({ eps: 0.3, stepSize: 0.03, steps }, model, batch, createRng(0));
    await moved.data();
    moved.dispose();
  };
}
