import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { disposeAll } from '../ownership/ownership.js';
import { adam, ADAM_UPDATE_KERNEL, adamw } from './adam.js';
import { applyUpdates, takeStep } from './apply-updates.js';
import { chain } from './chain.js';
import { clipGlobalNorm, globalNorm } from './clip.js';
import { createOptimizer, type OptimizerOptions, optimizerSchema } from './create-optimizer.js';
import { ema } from './ema.js';
import { lars } from './lars.js';
import { momentum, nesterov, sgd } from './sgd.js';
import type { GradientTransform } from './transform.js';
import { weightDecay } from './weight-decay.js';

const optimizers: Record<string, () => GradientTransform> = {
  sgd: () => sgd({ weightDecay: 0.1 }),
  momentum: () => momentum(),
  nesterov: () => nesterov({ weightDecay: 0.1 }),
  adam: () => adam({ weightDecay: 0.1 }),
  adamw: () => adamw(),
  lars: () => lars({ weightDecay: 0.1, eta: 1 }),
  'clipped, decayed': () =>
    chain(clipGlobalNorm({ clipNorm: 1 }), adam(), weightDecay({ weightDecay: 0.1, decoupled: true })),
  'nothing at all': () => chain(),
} as unknown as Record<string, () => GradientTransform>;

const names = Object.keys(optimizers);

onEachBackend(() => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  test.each(names)('%s: pure, frees nothing that it is given, and owns up to all that it makes', (name) => {
    const transform = optimizers[name]!();
    const params = [tf.ones([2, 3]), tf.ones([3])];
    const gradients = [tf.fill([2, 3], 2), tf.fill([3], -1)];
    const start = tf.memory().numTensors;
    const state = transform.init(params);
    const first = transform.update(gradients, state, params, 0.1);
    const again = transform.update(gradients, state, params, 0.1);
    first.updates.forEach((update, index) => expectClose(update, again.updates[index]!));
    const second = transform.update(gradients, first.state, params, 0.1);
    expect([...params, ...gradients].some((tensor) => tensor.isDisposed)).toBe(false);
    disposeAll([state, first, again, second]);
    expect([...params, ...gradients].some((tensor) => tensor.isDisposed)).toBe(false);
    expect(tf.memory().numTensors).toBe(start);
  });

  test.each(names.slice(0, -1))('%s: goes down on a quadratic, in place and without leaks', (name) => {
    const transform = optimizers[name]!();
    const variables = [tf.variable(tf.tensor2d([[3, -2]])), tf.variable(tf.tensor1d([1]))];
    let state = transform.init(variables);
    const alive = tf.memory().numTensors;
    const before = globalNorm(variables).dataSync()[0]!;
    for (let step = 0; step < 30; step++) {
      const gradients = variables.map((variable) => tf.mul(variable, 2));
      state = takeStep(transform, gradients, state, variables, 0.05);
      disposeAll(gradients);
    }
    expect(tf.memory().numTensors).toBe(alive + 1);
    expect(globalNorm(variables).dataSync()[0]!).toBeLessThan(0.9 * before);
    variables.forEach((variable) => variable.dispose());
  });

  test('a chain hands on updates, states, weights and the rate, in order', () => {
    const seen: unknown[] = [];
    const probe = (label: string, factor: number): GradientTransform<{ readonly uses: number }> => ({
      init: () => ({ uses: 0 }),
      update: (gradients, state, params, learningRate) => {
        seen.push([label, gradients[0]!.dataSync()[0], state.uses, params[0]!.dataSync()[0], learningRate]);
        return { updates: gradients.map((gradient) => tf.mul(gradient, factor)), state: { uses: state.uses + 1 } };
      },
    });
    const both = chain(probe('a', 3), probe('b', 5));
    const params = [tf.scalar(7)];
    const first = both.update([tf.scalar(2)], both.init(params), params, 0.5);
    expect(first.updates[0]!.dataSync()[0]).toBe(30);
    both.update([tf.scalar(1)], first.state, params);
    expect(seen).toEqual([
      ['a', 2, 0, 7, 0.5],
      ['b', 6, 0, 7, 0.5],
      ['a', 1, 1, 7, undefined],
      ['b', 3, 1, 7, undefined],
    ]);
  });

  test('the rate of the transform is taken where none is given', () => {
    const params = [tf.scalar(1)];
    for (const make of [sgd, momentum, nesterov, adam, adamw, lars]) {
      const transform = make({ learningRate: 0.25 });
      const fixed = transform.update([tf.scalar(1)], transform.init(params), params).updates[0]!;
      const given = transform.update([tf.scalar(1)], transform.init(params), params, 0.25).updates[0]!;
      expectClose(fixed, given);
      expect(fixed.dataSync()[0]).toBeLessThan(0);
    }
  });

  test('the first step of adam has the size of the rate, whatever the size of the gradient', () => {
    const params = [tf.zeros([3])];
    const transform = adam({ learningRate: 0.1 });
    const { updates } = transform.update([tf.tensor1d([1e-4, -5, 1e4])], transform.init(params), params);
    expectClose(updates[0]!, [-0.1, 0.1, -0.1], { rtol: 2e-4, atol: 0 });
  });

  test('weight decay spares vectors if told to', () => {
    const params = [tf.ones([2, 1]), tf.ones([2])];
    const decay = weightDecay({ weightDecay: 0.5, vectors: false });
    const { updates } = decay.update([tf.zeros([2, 1]), tf.zeros([2])], {}, params);
    expectClose(updates[0]!, [0.5, 0.5]);
    expectClose(updates[1]!, [0, 0]);
  });

  test('updates that do not match the weights are refused', () => {
    const variable = tf.variable(tf.scalar(1));
    expect(() => applyUpdates([variable], [])).toThrow(/updates has shape \[0\]; expected \[1\]/);
    variable.dispose();
  });

  test('an average keeps its own copy of the first weights and frees nothing', () => {
    const variable = tf.variable(tf.scalar(1));
    const average = ema({ decay: 0.5 });
    const state = average.init([variable]);
    variable.assign(tf.scalar(3));
    const next = average.update([variable], state);
    expect(average.read(state)[0]!.dataSync()[0]).toBe(1);
    expect(average.read(next)[0]!.dataSync()[0]).toBe(2);
    expect(
      ema({ biasCorrection: true })
        .read({ count: 0, average: [tf.scalar(0)] })[0]!
        .dataSync()[0],
    ).toBe(0);
    variable.dispose();
  });

  test('a whole step gives the weights and the state that update and addition give', () => {
    const [values, slopes] = [
      [0.5, -2, 3],
      [1, -3, 0.1],
    ];
    for (const transform of [adam({ learningRate: 0.1 }), chain(clipGlobalNorm({ clipNorm: 1 }), adam())]) {
      const [variable, other] = [tf.variable(tf.tensor1d(values)), tf.variable(tf.tensor1d(values))];
      const gradients = [tf.tensor1d(slopes)];
      let [state, apart] = [transform.init([variable]), transform.init([other])];
      for (let step = 0; step < 3; step++) {
        state = takeStep(transform, gradients, state, [variable]);
        const { updates, state: next } = transform.update(gradients, apart, [other]);
        applyUpdates([other], updates);
        apart = next;
      }
      // The same float32 operations; a fused loop may round a product and a sum once.
      expectClose(variable, other);
      tf.dispose([variable, other, gradients]);
    }
  });

  test('a step without a gradient for each weight is refused', () => {
    const variables = [tf.variable(tf.ones([2])), tf.variable(tf.ones([2]))];
    const gradients = [tf.ones([2])];
    for (const transform of [adam(), sgd()])
      expect(() => takeStep(transform, gradients, transform.init(variables), variables)).toThrow(/updates/);
    tf.dispose([variables, gradients]);
  });

  test('a fused kernel of the backend is used, with the corrections of the bias in its attributes', () => {
    const backendName = tf.getBackend();
    const own = tf.getKernel(ADAM_UPDATE_KERNEL, backendName);
    if (own) tf.unregisterKernel(ADAM_UPDATE_KERNEL, backendName);
    const params = [tf.ones([2])];
    const gradients = [tf.tensor1d([1, -3])];
    const transform = adam({ learningRate: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 1e-3 });
    const composed = transform.update(gradients, transform.init(params), params);
    tf.registerKernel({ kernelName: ADAM_UPDATE_KERNEL, backendName, kernelFunc: referenceKernel });
    const fused = transform.update(gradients, transform.init(params), params);
    tf.unregisterKernel(ADAM_UPDATE_KERNEL, backendName);
    if (own) tf.registerKernel(own);
    expectClose(fused.updates[0]!, composed.updates[0]!);
    const [first, second] = [fused, composed].map(({ state }) => state[0] as unknown as Record<string, tf.Tensor[]>);
    for (const moment of ['firstMoment', 'secondMoment']) expectClose(first![moment]![0]!, second![moment]![0]!);
  });
});

const referenceKernel: tf.KernelFunc = ({ inputs, attrs }) => {
  const read = (name: string) =>
    tf.engine().readSync((inputs as Record<string, tf.TensorInfo>)[name]!.dataId) as Float32Array;
  const { beta1, beta2, stepSize, epsilon } = attrs as Record<string, number>;
  const [gradient, first, second] = ['gradient', 'firstMoment', 'secondMoment'].map(read) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const newFirst = first.map((value, index) => beta1! * value + (1 - beta1!) * gradient[index]!);
  const newSecond = second.map((value, index) => beta2! * value + (1 - beta2!) * gradient[index]! ** 2);
  const update = newFirst.map((value, index) => (-stepSize! * value) / (Math.sqrt(newSecond[index]!) + epsilon!));
  return [update, newFirst, newSecond].map((values) => tf.tensor1d(values));
};

describe('createOptimizer', () => {
  test('carries the schedule of its rate', () => {
    const optimizer = createOptimizer({ name: 'sgd', learningRate: { schedule: 'linear', learningRate: 0.5 } });
    expect(optimizer.schedule(50, 100)).toBe(0.25);
    expect(createOptimizer({ name: 'adam' }).schedule(3, 10)).toBe(0.001);
  });

  test.each([
    [{ name: 'adma' }, /name: Invalid discriminator value. Expected 'sgd' \| 'momentum' \| 'nesterov' \| 'adam'/],
    [{ name: 'adam', beta1: 1 }, /beta1: Too big/],
    [{ name: 'adam', momentum: 0.9 }, /Unrecognized key: "momentum"/],
    [
      { name: 'sgd', learningRate: { schedule: 'cosine' } },
      /learningRate\.learningRate: Invalid input: expected number/,
    ],
    [{ name: 'sgd', clipNorm: 0 }, /clipNorm: Too small/],
  ])('%j: the message says what is wrong', (options, message) => {
    expect(() => createOptimizer(options as OptimizerOptions)).toThrow(message);
  });

  test('every option says what it is', () => {
    for (const { shape } of optimizerSchema.options) {
      for (const [name, option] of Object.entries(shape)) {
        if (name !== 'name') expect(option.description, name).toMatch(/\.$/);
      }
    }
  });
});
