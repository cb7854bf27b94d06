import { cpu } from '@equipoise/backend-cpu';
import { checkContext, pluginChecks, registerChecks, toyDataset, toyModel } from '@equipoise/conformance';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { conformance, myAnalysis, plugin } from '../src/index.js';

beforeAll(() => cpu().doActivate());

registerChecks({ test }, pluginChecks(plugin, conformance));

test('a model that always says "first class, 60 %" and is right a third of the time is wrong by 0.6 − 1/3', async () => {
  const model = toyModel();
  const logits = [0.6, 0.2, 0.2].map(Math.log);
  const constant = {
    ...model,
    forward: (x: tf.Tensor) => {
      const rows = tf.tile(tf.tensor2d([logits]), [x.shape[0] as number, 1]);
      return { logits: rows, embedding: rows, layers: {} };
    },
  };
  const subject = { model: constant, dataset: toyDataset(), name: 'constant' };
  const report = await myAnalysis({ bins: 5 }).doAnalyze(subject, checkContext());
  // float32 probabilities hold about 7 digits.
  expect(report.data['calibrationError']).toBeCloseTo(0.6 - 1 / 3, 6);
  expect(report.tables[0]?.rows.map(({ count }) => count).reduce((sum, count) => Number(sum) + Number(count))).toBe(30);
  model.dispose();
});

test('a histogram without bars is refused', () => {
  expect(() => myAnalysis({ bins: 0 })).toThrow(/analysis "my-analysis":\n {2}bins/);
});
