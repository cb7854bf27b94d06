import { valueAndGradients } from '@equipoise/autodiff';
import { adam, createRng, disposeAll, takeStep, training } from '@equipoise/kit';
import { cnn } from '@equipoise/model-vision';
import type { Loss, Model, Rng } from '@equipoise/spec';
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

/** What differs between training steps. */
export interface TrainingStepOptions {
  /** The network; absent: that of Madry et al. for MNIST. */
  readonly model?: Model;
  /** Batches that are served in turn; absent: four of random images and labels. */
  readonly batches?: readonly LabelledBatch[];
  /** Adam's; default 1e-3. */
  readonly learningRate?: number;
  /** Moves the images of each batch before the step; the step owns what it gives. */
  readonly perturb?: (model: Model, batch: LabelledBatch, rng: Rng) => Promise<tf.Tensor>;
}

/** Images with labels. */
export interface LabelledBatch {
  readonly x: tf.Tensor;
  readonly labels: tf.Tensor1D;
  readonly sampleIndices: Int32Array;
}

/**
 * A training step as the trainer `supervised` makes it, on batches that are made beforehand and served in turn: the loss's
 * preparation, its value and gradients, an update by Adam, and reading the loss.
 */
export function trainingStep(loss: Loss, options: TrainingStepOptions = {}): Step {
  const { model = mnistNetwork(), learningRate = 1e-3, perturb } = options;
  const { batches = Array.from({ length: 4 }, (_, index) => randomBatch(index)) } = options;
  const variables = [...model.variables.values()].filter(({ trainable }) => trainable);
  const optimizer = adam({ learningRate });
  let state = optimizer.init(variables);
  let step = 0;
  return async () => {
    const rng = createRng(0).fork('step').fork(step);
    const batch = batches[step % batches.length]!;
    const moved = await perturb?.(model, batch, rng);
    const x = moved ?? batch.x;
    const input = { model, ...batch, x, mode: training(rng.fork('layers')), rng, step, steps: 1000 };
    step += 1;
    const prepared = (await loss.doPrepare?.(input)) ?? {};
    const { value, gradients } = valueAndGradients(() => ({ total: loss.doCompute(input, prepared).total }), variables);
    state = takeStep(optimizer, gradients, state, variables);
    await value.total.data();
    disposeAll([value, gradients, prepared, moved ?? []]);
  };
}

/** Random images with random labels. */
export function randomBatch(seed: number, size = batchSize): LabelledBatch {
  const rng = createRng(seed).fork('labels');
  const sampleIndices = Int32Array.from({ length: size }, (_, index) => seed * size + index);
  return {
    x: randomImages(size, seed),
    labels: tf.tensor1d(
      sampleIndices.map(() => rng.integer(10)),
      'int32',
    ),
    sampleIndices,
  };
}
