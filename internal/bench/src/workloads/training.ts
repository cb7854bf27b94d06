import { valueAndGradients } from '@equipoise/autodiff';
import { adam, createRng, disposeAll, takeStep, training } from '@equipoise/kit';
import { cnn } from '@equipoise/model-vision';
import type { Loss } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Step } from '../measure.js';

/** The images of a batch. */
export const batchSize = 64;

/** The network of Madry et al. (2018) for MNIST, 3,274,634 weights. */
export function mnistNetwork(): ReturnType<typeof cnn> {
  return cnn({ preset: 'madry-mnist' });
}

/** Images of uniform random numbers in [0, 1), [count, 28, 28, 1]. */
export function randomImages(count: number, seed: number): tf.Tensor4D {
  return tf.tensor4d(createRng(seed).uniforms(count * 784), [count, 28, 28, 1]);
}

/**
 * A training step as the trainer `supervised` makes it, on batches that are made beforehand and served in turn: the loss's
 * preparation, its value and gradients, an update by Adam, and reading the loss.
 */
export function trainingStep(loss: Loss): Step {
  const model = mnistNetwork();
  const variables = [...model.variables.values()].filter(({ trainable }) => trainable);
  const batches = Array.from({ length: 4 }, (_, index) => randomBatch(index));
  const optimizer = adam({ learningRate: 1e-3 });
  let state = optimizer.init(variables);
  let step = 0;
  return async () => {
    const rng = createRng(0).fork('step').fork(step);
    const batch = batches[step % batches.length]!;
    const input = { model, ...batch, mode: training(rng.fork('layers')), rng, step, steps: 1000 };
    step += 1;
    const prepared = (await loss.doPrepare?.(input)) ?? {};
    const { value, gradients } = valueAndGradients(() => ({ total: loss.doCompute(input, prepared).total }), variables);
    state = takeStep(optimizer, gradients, state, variables);
    await value.total.data();
    disposeAll([value, gradients, prepared]);
  };
}

function randomBatch(seed: number) {
  const rng = createRng(seed).fork('labels');
  const sampleIndices = Int32Array.from({ length: batchSize }, (_, index) => seed * batchSize + index);
  return {
    x: randomImages(batchSize, seed),
    labels: tf.tensor1d(
      sampleIndices.map(() => rng.integer(10)),
      'int32',
    ),
    sampleIndices,
  };
}
