import { activateBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { disposeAll, keepAll, withTensors } from './ownership.js';
import { tensorsIn } from './tensors-in.js';

let before = 0;
beforeAll(() => activateBackend('cpu'));
beforeEach(() => {
  before = tf.memory().numTensors;
});
const alive = () => tf.memory().numTensors - before;

describe('tensorsIn', () => {
  test('finds each tensor once, in arrays, maps, sets and plain objects, also where a container holds itself', () => {
    const [a, b, c, d] = [1, 2, 3, 4].map((value) => tf.scalar(value)) as [tf.Scalar, tf.Scalar, tf.Scalar, tf.Scalar];
    const container = {
      a,
      list: [b, { again: a }],
      map: new Map([['c', c]]),
      set: new Set([d]),
      n: 1,
      s: 'x',
      u: undefined,
    };
    const looped = { container, self: undefined as unknown };
    looped.self = looped;
    expect(new Set(tensorsIn(looped))).toEqual(new Set([a, b, c, d]));
    expect(tensorsIn(looped)).toHaveLength(4);
    disposeAll(looped);
    expect(alive()).toBe(0);
  });

  test('does not look into class instances', () => {
    class Holder {
      readonly tensor = tf.scalar(1);
    }
    const holder = new Holder();
    expect(tensorsIn([holder])).toEqual([]);
    holder.tensor.dispose();
  });
});

describe('disposeAll', () => {
  test('leaves variables and what was freed before alone', () => {
    const variable = tf.variable(tf.scalar(1));
    const freed = tf.scalar(2);
    freed.dispose();
    disposeAll([variable, freed, tf.scalar(3)]);
    expect(variable.dataSync()[0]).toBe(1);
    variable.dispose();
    disposeAll(undefined);
  });
});

describe('keepAll', () => {
  test('lets a container live beyond the tidy', () => {
    let kept: { x: tf.Tensor }[] = [];
    tf.tidy(() => {
      kept = keepAll([{ x: tf.scalar(5) }]);
      tf.scalar(6);
    });
    expect(alive()).toBe(1);
    expect(kept[0]!.x.dataSync()[0]).toBe(5);
    disposeAll(kept);
    expect(alive()).toBe(0);
  });
});

describe('withTensors', () => {
  test('frees what was handed over and gives out the result', async () => {
    const result = await withTensors(async (own) => {
      const a = own(tf.scalar(2));
      const { b } = own({ b: tf.scalar(3) });
      await Promise.resolve();
      return { product: own(tf.mul(a, b)) };
    });
    expect(alive()).toBe(1);
    expect(result.product.dataSync()[0]).toBe(6);
    disposeAll(result);
  });

  test('frees what was handed over if the body throws, and passes the error on', async () => {
    const failing = withTensors(async (own) => {
      own(tf.scalar(1));
      await Promise.resolve();
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(alive()).toBe(0);
  });

  test('two that run at once do not free each other’s tensors', async () => {
    const run = (wait: number) =>
      withTensors(async (own) => {
        const first = own(tf.scalar(wait));
        for (let turn = 0; turn < wait; turn++) await Promise.resolve();
        return first.dataSync()[0];
      });
    expect(await Promise.all([run(1), run(5)])).toEqual([1, 5]);
    expect(alive()).toBe(0);
  });
});
