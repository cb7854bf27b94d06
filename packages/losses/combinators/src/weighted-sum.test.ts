import { createRng } from '@equipoise/kit';
import { activateBackend, expectClose } from '@equipoise/internal-testing';
import type { Loss, LossInput } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { weightedSum } from './weighted-sum.js';

beforeAll(() => activateBackend('cpu'));

const base = { needs: { labels: false, logits: false, views: 1, gradientOrder: 1 }, variables: new Map() } as const;

/** A loss that is a number. */
function constant(value: number, further: Partial<Loss> = {}): Loss {
  return { ...base, doCompute: () => ({ total: tf.scalar(value), parts: { value: tf.scalar(value) } }), ...further };
}

/** A loss that draws the number that it prepares. */
function random(): Loss {
  return {
    ...base,
    doPrepare: ({ rng }) => ({ draw: tf.scalar(rng.fork('noise').uniform()) }),
    doCompute: (_, { draw }) => ({ total: draw as tf.Scalar, parts: {} }),
  };
}

const input = { rng: createRng(1), step: 0, steps: 10 } as LossInput;

test('the total is the weighted sum, the parts are unweighted under the name of their term', () => {
  const loss = weightedSum({
    terms: [
      { loss: constant(2), weight: 3 },
      { loss: constant(5), weight: -0.5, name: 'penalty' },
      { loss: constant(7) },
    ],
  });
  const { total, parts } = loss.doCompute(input, {});
  expectClose(total, [3 * 2 - 0.5 * 5 + 7]);
  expect(Object.keys(parts)).toEqual(['term1.value', 'penalty.value', 'term3.value']);
  expectClose(parts['penalty.value'] as tf.Scalar, [5]);
});

test('sums nest', () => {
  const inner = weightedSum({ terms: [{ loss: constant(2), weight: 3, name: 'a' }] });
  const { total, parts } = weightedSum({ terms: [{ loss: inner, weight: 2, name: 'inner' }] }).doCompute(input, {});
  expectClose(total, [12]);
  expect(Object.keys(parts)).toEqual(['inner.a.value']);
});

test('a weight may follow a schedule', () => {
  const weight = {
    schedule: 'piecewise',
    points: [
      [0, 0],
      [10, 4],
    ],
  } as const;
  const loss = weightedSum({
    terms: [{ loss: constant(1), weight: { ...weight, points: weight.points.map(([step, at]) => [step, at]) } }],
  });
  const totals = [0, 5, 10].map((step) => loss.doCompute({ ...input, step }, {}).total.dataSync()[0]);
  expect(totals).toEqual([0, 2, 4]);
});

test('it needs what any of its terms needs', () => {
  const first = constant(1, { needs: { labels: true, logits: false, views: 1, gradientOrder: 2 } });
  const second = constant(1, { needs: { labels: false, logits: true, views: 2, gradientOrder: 1 } });
  const { needs } = weightedSum({ terms: [{ loss: first }, { loss: second }] });
  expect(needs).toEqual({ labels: true, logits: true, views: 2, gradientOrder: 2 });
  expect(weightedSum({ terms: [{ loss: constant(1) }] }).needs).toEqual(base.needs);
});

test('prepared tensors reach the term that made them, and the terms draw from streams of their own', async () => {
  const loss = weightedSum({
    terms: [{ loss: random(), name: 'a' }, { loss: random(), name: 'b' }, { loss: constant(0) }],
  });
  const prepared = (await loss.doPrepare?.(input)) ?? {};
  expect(Object.keys(prepared)).toEqual(['a.draw', 'b.draw']);
  const [a, b] = Object.values(prepared).map((tensor) => tensor.dataSync()[0] as number) as [number, number];
  expect(a).not.toBe(b);
  expectClose(loss.doCompute(input, prepared).total, [a + b]);
});

test('what was prepared is freed if a later term fails', async () => {
  const failing = constant(0, { doPrepare: () => Promise.reject(new Error('no')) });
  const loss = weightedSum({ terms: [{ loss: random() }, { loss: failing }] });
  const before = tf.memory().numTensors;
  await expect(async () => loss.doPrepare?.(input)).rejects.toThrow('no');
  expect(tf.memory().numTensors).toBe(before);
});

test('variables are those of the terms under their names; disposing disposes the terms', () => {
  const variable = tf.variable(tf.scalar(1));
  const term = constant(1, { variables: new Map([['head.kernel', variable]]), dispose: () => variable.dispose() });
  const loss = weightedSum({ terms: [{ loss: term, name: 'critic' }, { loss: constant(2) }] });
  expect([...loss.variables]).toEqual([['critic.head.kernel', variable]]);
  loss.dispose?.();
  expect(variable.isDisposed).toBe(true);
});

test.each([
  ['no terms', { terms: [] }, 'terms'],
  ['a weight that is not a number', { terms: [{ loss: constant(1), weight: NaN }] }, 'terms.0.weight'],
  ['an infinite weight', { terms: [{ loss: constant(1), weight: Infinity }] }, 'terms.0.weight'],
  ['a name with a dot', { terms: [{ loss: constant(1), name: 'a.b' }] }, 'terms.0.name'],
  [
    'a name that is taken',
    {
      terms: [
        { loss: constant(1), name: 'a' },
        { loss: constant(1), name: 'a' },
      ],
    },
    'terms.1.name',
  ],
  [
    'a name that another term has by default',
    { terms: [{ loss: constant(1) }, { loss: constant(1), name: 'term1' }] },
    'terms.1.name',
  ],
  ['something that is no loss', { terms: [{ loss: {} as Loss }] }, 'terms.0.loss'],
])('%s is refused', (_, options, path) => {
  expect(() => weightedSum(options)).toThrow(new RegExp(`loss "weighted-sum":[^]*${path.replaceAll('.', '\\.')}: `));
});

test('the same loss in two terms is refused, since its weights would be trained twice', () => {
  const loss = constant(1);
  expect(() => weightedSum({ terms: [{ loss }, { loss }] })).toThrow(
    /terms\.1\.loss: This very loss is in another term/,
  );
});
