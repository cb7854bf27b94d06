import { cpu } from '@equipoise/backend-cpu';
import { pluginChecks, registerChecks } from '@equipoise/conformance';
import { inference } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { myModel, plugin } from '../src/index.js';

beforeAll(() => cpu().doActivate());

registerChecks({ test }, pluginChecks(plugin));

test('the embedding is tanh(xA + a) and the logits are φB + b', () => {
  const model = myModel({ inputShape: [2], classes: 2, hidden: 1 });
  const values = { 'hidden.kernel': [0.5, -1], 'hidden.bias': [0.25], 'head.kernel': [2, -2], 'head.bias': [0, 1] };
  for (const [name, numbers] of Object.entries(values)) {
    const variable = model.variables.get(name) as tf.Variable;
    tf.tidy(() => variable.assign(tf.tensor(numbers, variable.shape)));
  }
  const { embedding, logits } = tf.tidy(() => ({ ...model.forward(tf.tensor2d([[1, 0.5]]), inference) }));
  const feature = Math.tanh(0.5 * 1 - 1 * 0.5 + 0.25);
  // float32 holds about 7 digits.
  expect(embedding.dataSync()[0]).toBeCloseTo(feature, 6);
  expect(logits?.dataSync()[0]).toBeCloseTo(2 * feature, 6);
  expect(logits?.dataSync()[1]).toBeCloseTo(1 - 2 * feature, 6);
  model.dispose();
});

test('an input of another shape is refused', () => {
  const model = myModel({ inputShape: [2], classes: 2 });
  expect(() => model.forward(tf.zeros([1, 3]), inference)).toThrow('expected [*, 2]');
  model.dispose();
});
