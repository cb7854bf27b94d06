import { modelChecks, registerChecks } from '@equipoise/conformance';
import { createRng, disposeAll, inference, training } from '@equipoise/kit';
import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import type { Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { fromFunction, type FromFunctionOptions } from './from-function.js';

/** Two dense layers with tanh between. */
function network(): Model {
  const values = createRng(1).normals(12 * 5 + 5 * 3);
  const hidden = tf.tidy(() => tf.variable(tf.tensor2d(values.slice(0, 60), [12, 5])));
  const head = tf.tidy(() => tf.variable(tf.tensor2d(values.slice(60), [5, 3])));
  return fromFunction({
    inputShape: [2, 2, 3],
    classes: 3,
    variables: { hidden, head },
    forward: (x) => {
      const embedding = tf.tanh(tf.matMul(tf.reshape(x, [x.shape[0] as number, 12]), hidden)) as tf.Tensor2D;
      return { embedding, logits: tf.matMul(embedding, head) as tf.Tensor2D, layers: { hidden: embedding } };
    },
  });
}

const options: FromFunctionOptions = {
  inputShape: [3],
  classes: 3,
  forward: (x) => tf.mul(x, 2),
};

onEachBackend(() => {
  describe('a network made of a function', () => registerChecks({ test }, modelChecks(network)));

  test('a bare tensor is the logits, and the embedding too', () => {
    const { logits, embedding, layers } = fromFunction(options).forward(tf.ones([2, 3]), inference);
    expectClose(logits as tf.Tensor2D, tf.fill([2, 3], 2));
    expect(embedding).toBe(logits);
    expect(layers).toEqual({});
  });

  test('without classes a bare tensor is the embedding', () => {
    const model = fromFunction({ inputShape: options.inputShape, forward: options.forward });
    const { logits, embedding } = model.forward(tf.ones([2, 3]), inference);
    expect([model.supports.logits, logits, embedding.shape]).toEqual([false, undefined, [2, 3]]);
  });

  test('the input may be given back; it is copied, so that freeing the result leaves it', () => {
    const model = fromFunction({ ...options, forward: (x) => ({ logits: x as tf.Tensor2D, layers: { input: x } }) });
    const x = tf.ones([2, 3]);
    disposeAll(model.forward(x, inference));
    expect(x.isDisposed).toBe(false);
  });

  test('the mode reaches the function', () => {
    const seen: boolean[] = [];
    const model = fromFunction({ ...options, forward: (x, mode) => (seen.push(mode.training), tf.clone(x)) });
    model.forward(tf.ones([1, 3]), inference);
    model.forward(tf.ones([1, 3]), training(createRng(1)));
    expect(seen).toEqual([false, true]);
  });

  test('intermediate tensors are freed', () => {
    const model = fromFunction({ ...options, forward: (x) => tf.add(tf.square(x), tf.sin(x)) });
    const x = tf.ones([2, 3]);
    const before = tf.memory().numTensors;
    const activations = model.forward(x, inference);
    expect(tf.memory().numTensors).toBe(before + 1);
    disposeAll(activations);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('outputs of another shape than promised are refused', () => {
    const wide = fromFunction({ ...options, classes: 4 });
    expect(() => wide.forward(tf.ones([2, 3]), inference)).toThrow(
      'Logits of the model has shape [2, 3]; expected [2, 4].',
    );
    const deep = fromFunction({
      ...options,
      forward: (x) => ({ logits: tf.clone(x) as tf.Tensor2D, embedding: tf.ones([2, 1, 1]) as never }),
    });
    expect(() => deep.forward(tf.ones([2, 3]), inference)).toThrow(
      'Embedding of the model has shape [2, 1, 1]; expected [2, *].',
    );
    const none = fromFunction({ ...options, forward: () => ({}) });
    expect(() => none.forward(tf.ones([2, 3]), inference)).toThrow(/Logits of the model has shape \[\]/);
  });
});

test('variables may be a Map, and what it cannot do can be said', () => {
  const variable = tf.variable(tf.scalar(1));
  const model = fromFunction({
    ...options,
    variables: new Map([['scale', variable]]),
    supports: { secondOrder: false },
  });
  expect(model.variables.get('scale')).toBe(variable);
  expect(model.supports).toEqual({ gradients: true, secondOrder: false, logits: true });
});

test.each([
  ['no function', { forward: undefined }, 'forward'],
  ['an empty input shape', { inputShape: [] }, 'inputShape'],
  ['one class', { classes: 1 }, 'classes'],
  ['bounds upside down', { bounds: [1, 0] }, 'bounds'],
  ['a variable that is none', { variables: { scale: 1 } }, 'variables'],
  ['an unknown option', { input: [3] }, 'input'],
])('%s is refused', (_, wrong, path) => {
  const given = { ...options, ...wrong } as unknown as FromFunctionOptions;
  expect(() => fromFunction(given)).toThrow(new RegExp(`Invalid options for fromFunction:[^]*${path}`));
});
