import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import { EquipoiseError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tensorsIn } from '../ownership/tensors-in.js';
import { createOptimizer } from './create-optimizer.js';
import { ema } from './ema.js';
import { fromStateArrays, stateArrays } from './state-arrays.js';

const shapes: readonly (readonly number[])[] = [[2, 3], [3]];
const tensors = (value: number) => shapes.map((shape) => tf.fill([...shape], value));

onEachBackend(() => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  test('the arrays are named by their path and hold copies', async () => {
    const optimizer = createOptimizer({ name: 'adam', clipNorm: 1 });
    const arrays = await stateArrays(optimizer.init(tensors(1)), 'optimizer');
    expect(Object.keys(arrays).sort()).toEqual([
      'optimizer.1.0.count',
      'optimizer.1.0.firstMoment.0',
      'optimizer.1.0.firstMoment.1',
      'optimizer.1.0.secondMoment.0',
      'optimizer.1.0.secondMoment.1',
    ]);
    expect(arrays['optimizer.1.0.count']).toEqual({ shape: [], data: Int32Array.of(0) });
    expect(arrays['optimizer.1.0.firstMoment.0']).toEqual({ shape: [2, 3], data: new Float32Array(6) });
  });

  test('a training that goes on from its arrays takes the same steps bit by bit', async () => {
    const optimizer = createOptimizer({ name: 'adamw', learningRate: 0.1 });
    const weights = tensors(1);
    const { state } = optimizer.update(tensors(0.3), optimizer.init(weights), weights);
    const { state: going } = optimizer.update(tensors(-2), state, weights);
    const saved = await stateArrays(going);
    const restored = fromStateArrays(optimizer.init(weights), { ...saved });
    const [expected, actual] = [going, restored].map((one) => optimizer.update(tensors(0.7), one, weights));
    tensorsIn(actual).forEach((tensor, index) => {
      expect(tensor.dataSync()).toEqual(tensorsIn(expected)[index]!.dataSync());
    });
    expect(tensorsIn(restored).some((tensor) => tensorsIn(going).includes(tensor))).toBe(false);
  });

  test('an average comes back too, beside other arrays of the checkpoint', async () => {
    const average = ema({ decay: 0.5 });
    const state = average.update(tensors(3), average.init(tensors(1)));
    const saved = {
      ...(await stateArrays(state, 'average')),
      'model.kernel': { shape: [1], data: Float32Array.of(1) },
    };
    const restored = fromStateArrays(average.init(tensors(0)), saved, 'average');
    expect(restored.count).toBe(1);
    expectClose(average.read(restored)[1]!, [2, 2, 2]);
  });

  test('arrays of another optimizer or model are refused by name, and nothing leaks', async () => {
    const sgd = createOptimizer({ name: 'momentum' });
    const adam = createOptimizer({ name: 'adam' });
    const [velocity, moments] = [sgd.init(tensors(1)), adam.init(tensors(1))];
    const saved = await stateArrays(velocity, 'optimizer');
    const before = tf.memory().numTensors;
    const foreign = (error: unknown) =>
      EquipoiseError.isInstance(error, 'EQUIPOISE_DATA') &&
      /missing: .*firstMoment\.0.*not expected: .*velocity\.0/.test(error.message);
    expect(() => fromStateArrays(moments, saved, 'optimizer')).toThrow(expect.toSatisfy(foreign));
    const reshaped = { ...saved, 'optimizer.0.velocity.1': { shape: [4], data: new Float32Array(4) } };
    expect(() => fromStateArrays(velocity, reshaped, 'optimizer')).toThrow(
      /velocity\.1" has shape \[4\]; expected \[3\]/,
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
