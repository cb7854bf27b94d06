import { valueAndGrad } from '@equipoise/autodiff';
import { onEachBackend } from '@equipoise/internal-testing';
import { createRng, inference, scoring } from '@equipoise/kit';
import type { ForwardMode } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { cnn } from './cnn.js';
import { activation, activations, type Activation } from './layers/activation.js';
import { convolution } from './layers/convolution.js';
import type { LayerBuilder } from './layers/layer.js';
import { pooling } from './layers/pooling.js';
import { poolFirst } from './pool-first.js';

const convolve = convolution({ name: 'conv', channels: 2, kernel: 3 });
const maxima = pooling({ name: 'pool', type: 'max' });
const means = pooling({ name: 'pool', type: 'average' });
const activate = (type: Activation) => activation({ name: 'activation', type });

/** The kinds of the steps of layers, in the order in which they are run. */
function kinds(...builders: readonly LayerBuilder[]) {
  const layers = builders.map((build) => build([4, 4, 2], createRng(0)));
  const found = poolFirst(layers).map(({ kind = 'other' }) => kind);
  for (const { variables } of layers) for (const variable of variables.values()) variable.dispose();
  return found;
}

onEachBackend(() => {
  describe('poolFirst', () => {
    test('puts the pool behind the convolution, before offset and activation', () => {
      expect(kinds(convolve, activate('relu'), maxima)).toEqual(['other', 'maxima', 'monotone', 'monotone']);
    });

    test('moves neither means, nor maxima across functions that fall or borrow a gradient', () => {
      expect(kinds(convolve, activate('relu'), means)).toEqual(['other', 'monotone', 'monotone', 'other']);
      for (const type of ['swish', 'gelu', 'fake-relu'] as const)
        expect(kinds(activate(type), maxima)).toEqual(['other', 'maxima']);
    });
  });

  test.each(activations)('a network with %s gives the same numbers without its layers', async (type) => {
    const model = cnn({
      inputShape: [6, 6, 2],
      convolutions: [{ channels: 3 }],
      dense: [4],
      activation: type,
      seed: 1,
    });
    const x = tf.tensor(createRng(2).uniforms(144), [2, 6, 6, 2]);
    const run = async (mode: ForwardMode) => {
      const both = valueAndGrad((input: tf.Tensor) => tf.sum(tf.square(model.forward(input, mode).logits!)), x);
      const numbers = [...(await both.value.data()), ...(await both.gradient.data())];
      tf.dispose([both.value, both.gradient]);
      return numbers;
    };
    const [long, short] = [await run(inference), await run(scoring)];
    // The same operations on the same values: only sums over fewer of them round otherwise.
    short.forEach((number, index) => expect(Math.abs(number - long[index]!)).toBeLessThan(1e-5));
    expect(long.some((number) => Math.abs(number) > 1e-3)).toBe(true);
    model.dispose();
    x.dispose();
  });
});
