import { createRng, disposeAll, inference, training } from '@equipoise/kit';
import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import type { Activations, ForwardMode, Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  centralDifference,
  directional,
  directionalOf,
  normalInputs,
  numberOf,
  uniformInputs,
  weightCount,
} from '../test/helpers.js';
import { cnn, type CnnOptions } from './cnn.js';
import { mlp } from './mlp.js';

const tiny: CnnOptions = {
  inputShape: [6, 8, 2],
  convolutions: [{ channels: 4 }, { channels: 8, kernel: [2, 3], stride: [2, 1], padding: [1, 0], pool: false }],
  pooling: { type: 'max' },
  dense: [8],
  classes: 3,
  activation: 'softplus',
};

const variants: readonly (readonly [string, CnnOptions])[] = [
  ['max pooling', tiny],
  [
    'average pooling and batch normalisation',
    { ...tiny, pooling: { type: 'average', padding: 'same' }, normalization: 'batch' },
  ],
  ['group normalisation and elu', { ...tiny, activation: 'elu', normalization: { type: 'group', groups: 4 } }],
  [
    'layer normalisation, tanh and global average',
    { ...tiny, activation: 'tanh', normalization: 'layer', reduce: 'global-average' },
  ],
];

function weightsOf(model: Model): Record<string, number[]> {
  return Object.fromEntries([...model.variables].map(([name, variable]) => [name, Array.from(variable.dataSync())]));
}

function logitsOf(model: Model, x: tf.Tensor, mode: ForwardMode = inference): tf.Tensor2D {
  return model.forward(x, mode).logits as tf.Tensor2D;
}

onEachBackend(() => {
  test('cnn small is the net of the reference: 1152 features before a dense layer of 128', () => {
    const model = cnn({ preset: 'small', classes: 15 });
    const { layers, embedding, logits } = model.forward(uniformInputs([2, 28, 28, 1]), inference);
    const shapes = Object.entries(layers).map(([name, { shape }]) => [name, shape.slice(1)]);
    expect(shapes).toEqual([
      ['conv1', [14, 14, 16]],
      ['conv1.activation', [14, 14, 16]],
      ['conv2', [6, 6, 32]],
      ['conv2.activation', [6, 6, 32]],
      ['reduce', [1152]],
      ['dense1', [128]],
      ['dense1.activation', [128]],
      ['head', [15]],
    ]);
    expect(embedding).toBe(layers['dense1.activation']);
    expect(logits?.shape).toEqual([2, 15]);
    expect([...model.variables.keys()]).toEqual(
      ['conv1', 'conv2', 'dense1', 'head'].flatMap((name) => [`${name}.kernel`, `${name}.bias`]),
    );
    expect(weightCount(model.variables)).toBe(
      25 * 16 + 16 + (25 * 16 * 32 + 32) + (1152 * 128 + 128) + (128 * 15 + 15),
    );
  });

  test('cnn madry-mnist has 3,274,634 weights and an embedding of 1024', () => {
    const before = tf.memory().numTensors;
    const model = cnn({ preset: 'madry-mnist' });
    expect(weightCount(model.variables)).toBe(3_274_634);
    const activations = tf.tidy(() => model.forward(uniformInputs([1, 28, 28, 1]), inference).embedding);
    expect(activations.shape).toEqual([1, 1024]);
    activations.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('mlp flattens, has its hidden layers and takes inputs of any rank', () => {
    const model = mlp({ inputShape: [2, 3], hidden: [5, 4], classes: 3, normalization: 'layer', dropout: 0.5 });
    const { layers } = model.forward(uniformInputs([7, 2, 3]), inference);
    const hidden = (name: string) => [name, `${name}.normalization`, `${name}.activation`, `${name}.dropout`];
    expect(Object.keys(layers)).toEqual(['flatten', ...hidden('dense1'), ...hidden('dense2'), 'head']);
    expect([...model.variables.keys()].slice(0, 3)).toEqual([
      'dense1.kernel',
      'dense1.normalization.scale',
      'dense1.normalization.offset',
    ]);
  });

  test('mlp without hidden layers is a linear classifier', () => {
    const model = mlp({ inputShape: [3], hidden: [], classes: 2 });
    const x = uniformInputs([4, 3]);
    const [kernel, bias] = [...model.variables.values()] as tf.Tensor[] as [tf.Tensor2D, tf.Tensor1D];
    expectClose(logitsOf(model, x), tf.add(tf.matMul(x as tf.Tensor2D, kernel), bias));
    expectClose(model.forward(x, inference).embedding, x);
  });

  describe.each(variants)('cnn with %s', (_, options) => {
    const shape = [3, ...(options.inputShape as number[])];

    test('gives the same logits for a sample whatever else is in the batch', () => {
      const model = cnn(options);
      const x = uniformInputs(shape);
      const alone = logitsOf(model, tf.slice(x, [1, 0, 0, 0], [1, -1, -1, -1]));
      expectClose(tf.slice(logitsOf(model, x), [1, 0], [1, -1]), alone, { rtol: 1e-5, atol: 1e-6 });
    });

    // Central differences of float32 values: rounding about 1e-7·|f|/h = 1e-3 at most; with longer steps some maximum moves
    // to another pixel of its window.
    test('has right first and second derivatives in the input', () => {
      const model = cnn(options);
      const w = normalInputs([3, 3], 5);
      const f = (x: tf.Tensor) => tf.sum(tf.mul(w, tf.square(logitsOf(model, x)))) as tf.Scalar;
      const [x, v, u] = [uniformInputs(shape, 3), normalInputs(shape, 4), normalInputs(shape, 6)];
      const first = centralDifference((y) => numberOf(f(y)), x, v, 1e-3);
      expectClose([directional(f, x, v)], [first], { rtol: 5e-3, atol: 2e-3 });
      const second = centralDifference((y) => directional(f, y, v), x, u, 1e-3);
      expectClose([directional(directionalOf(f, v), x, u)], [second], { rtol: 5e-3, atol: 2e-3 });
    });

    // A kernel moves every pixel before a pool, so the step is shorter; rounding is within the tolerance: 1e-7·|f|/h < 2e-3.
    test('has right derivatives in its weights, in training mode', () => {
      const model = cnn(options);
      const x = uniformInputs(shape, 3);
      const w = normalInputs([3, 3], 5);
      const f = () => tf.sum(tf.mul(w, tf.square(logitsOf(model, x, training(createRng(1)))))) as tf.Scalar;
      const { grads } = tf.variableGrads(f);
      for (const [name, variable] of model.variables) {
        if (!variable.trainable) continue;
        const start = tf.clone(variable);
        const v = normalInputs(variable.shape, 7);
        const expected = centralDifference(
          (value) => (variable.assign(value as tf.Variable), numberOf(f())),
          start,
          v,
          3e-4,
        );
        variable.assign(start as tf.Variable);
        const actual = numberOf(tf.sum(tf.mul(grads[variable.name] as tf.Tensor, v)));
        expectClose([actual], [expected], { rtol: 5e-3, atol: 2e-3 }, name);
      }
    });

    test('leaks nothing', () => {
      const before = tf.memory().numTensors;
      const model = cnn(options);
      const x = uniformInputs(shape);
      const held = tf.memory().numTensors;
      for (const mode of [inference, training(createRng(1))]) {
        const activations: Activations = model.forward(x, mode);
        disposeAll(activations);
        tf.dispose(tf.grad((y) => tf.sum(logitsOf(model, y, mode)))(x));
      }
      expect(tf.memory().numTensors).toBe(held);
      x.dispose();
      model.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test('the averages of batch normalisation move in training mode alone', () => {
    const model = cnn({ ...tiny, normalization: 'batch' });
    const x = uniformInputs([3, 6, 8, 2]);
    const before = weightsOf(model);
    logitsOf(model, x);
    expect(weightsOf(model)).toEqual(before);
    logitsOf(model, x, training(createRng(1)));
    const after = weightsOf(model);
    const changed = Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]));
    expect(changed).toEqual(
      ['conv1', 'conv2', 'dense1'].flatMap((name) => [`${name}.normalization.mean`, `${name}.normalization.variance`]),
    );
  });

  test('mean and std are applied inside, so that the bounds stay', () => {
    const plain = mlp({ inputShape: [4], seed: 1 });
    const standardized = mlp({ inputShape: [4], seed: 1, mean: 0.5, std: [0.25, 0.5, 0.25, 0.5] });
    const x = uniformInputs([2, 4]);
    expect(standardized.bounds).toEqual([0, 1]);
    expectClose(logitsOf(standardized, x), logitsOf(plain, tf.div(tf.sub(x, 0.5), [0.25, 0.5, 0.25, 0.5])));
  });

  test('a model without classes is an encoder', () => {
    const model = mlp({ inputShape: [4], classes: null, hidden: [6] });
    expect(model.supports.logits).toBe(false);
    expect(model.forward(uniformInputs([2, 4]), inference).embedding.shape).toEqual([2, 6]);
  });
});
