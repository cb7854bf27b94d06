import { onEachBackend } from '@equipoise/internal-testing';
import type { Loss } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { lossChecks } from '../src/index.js';
import { failing, idsOf } from './broken.js';
import { goodLoss, impureNumber } from './good-components.js';

const good = goodLoss();

function altered(change: Partial<Loss>): () => Loss {
  return () => ({ ...goodLoss(), ...change });
}

const broken: Record<string, () => Loss> = {
  'loss/finite': altered({
    doCompute: (input, prepared) => {
      const { total } = good.doCompute(input, prepared);
      return { total, parts: { broken: tf.div(tf.zerosLike(total), 0) as tf.Scalar } };
    },
  }),
  'loss/gradient': altered({
    doCompute: (input, prepared) => {
      const { total, parts } = good.doCompute(input, prepared);
      const halved = tf.customGrad((x) => ({
        value: tf.clone(x as tf.Tensor),
        gradFunc: (dy: tf.Tensor) => tf.mul(dy, 0.5),
      }));
      return { total: halved(total) as tf.Scalar, parts };
    },
  }),
  'loss/inputs-untouched': altered({
    doCompute: (input, prepared) => {
      const value = good.doCompute(input, prepared);
      input.labels.dispose();
      return value;
    },
  }),
  'loss/no-leak': altered({
    doCompute: (input, prepared) => {
      tf.keep(tf.scalar(1));
      return good.doCompute(input, prepared);
    },
  }),
  'loss/same-seed-same-value': altered({
    doPrepare: async (input) => {
      const { noise } = (await good.doPrepare?.(input)) as { noise: tf.Tensor };
      const impure = tf.add(noise, 0.1 * impureNumber());
      noise.dispose();
      return { noise: impure };
    },
  }),
  'loss/order-free': altered({
    doCompute: (input, prepared) => {
      const { total, parts } = good.doCompute(input, prepared);
      const first = tf.cast(tf.slice(input.labels, 0, 1), 'float32');
      return { total: tf.mul(total, tf.reshape(tf.add(first, 1), [])) as tf.Scalar, parts };
    },
  }),
  'loss/one-class': altered({
    doCompute: (input, prepared) => {
      const { total, parts } = good.doCompute(input, prepared);
      const spread = tf.sub(tf.max(input.labels), tf.min(input.labels));
      return { total: tf.add(total, tf.mul(tf.log(tf.cast(spread, 'float32')), 1)) as tf.Scalar, parts };
    },
  }),
};

onEachBackend(() => {
  describe('loss checks', () => {
    test('pass for a good loss', async () => expect(await failing(lossChecks(goodLoss))).toEqual([]));

    test('each has something that breaks it', () =>
      expect(Object.keys(broken).sort()).toEqual(idsOf(lossChecks(goodLoss))));

    for (const [id, make] of Object.entries(broken)) {
      test(`${id} fails for the loss that breaks it`, async () => {
        expect(await failing(lossChecks(make))).toContain(id);
      });
    }
  });
});
