import { cpu } from '@equipoise/backend-cpu';
import { checkContext, pluginChecks, registerChecks, toyDataset, toyModel } from '@equipoise/conformance';
import type { Loss } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { myTrainer, plugin } from '../src/index.js';

beforeAll(() => cpu().doActivate());

registerChecks({ test }, pluginChecks(plugin));

test('on w²/2 every step multiplies the weights by 1 − the learning rate', async () => {
  const model = toyModel();
  const kernel = model.variables.get('head.kernel') as tf.Variable;
  const before = kernel.dataSync().slice();
  const loss: Loss = {
    needs: { labels: false, logits: false, views: 1, gradientOrder: 1 },
    variables: new Map(),
    doCompute: () => ({ total: tf.div(tf.sum(tf.square(kernel)), 2), parts: {} }),
  };
  const trainer = myTrainer({ steps: 3, learningRate: 0.5 });
  const types: string[] = [];
  for await (const { type } of trainer.doFit({ model, dataset: toyDataset(), loss }, checkContext())) types.push(type);
  expect(types).toEqual(['start', 'step', 'step', 'step', 'checkpoint', 'end']);
  // Halving is exact in floating point.
  expect(Array.from(kernel.dataSync())).toEqual(Array.from(before, (value) => value / 8));
  model.dispose();
});

test('a learning rate that is not positive is refused', () => {
  expect(() => myTrainer({ learningRate: 0 })).toThrow(/trainer "my-trainer":\n {2}learningRate/);
});
