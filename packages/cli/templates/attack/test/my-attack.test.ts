import { cpu } from '@equipoise/backend-cpu';
import { checkContext, freeBatch, pluginChecks, registerChecks, toyBatch, toyModel } from '@equipoise/conformance';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { conformance, myAttack, plugin } from '../src/index.js';

beforeAll(() => cpu().doActivate());

registerChecks({ test }, pluginChecks(plugin, conformance));

test('each value moves by eps along the sign of the gradient, or to the bound that is nearer', async () => {
  const model = toyModel();
  const batch = await toyBatch();
  // The objective is the sum of each sample's values, whose gradient is one everywhere.
  const objective = (x: tf.Tensor) => tf.sum(x, [1, 2, 3]) as tf.Tensor1D;
  const outcome = await myAttack({ eps: 0.25 }).doPerturb({ ...batch, model, objective }, checkContext());
  const expected = Array.from(batch.x.dataSync(), (value) => Math.min(1, Math.fround(value + 0.25)));
  expect(Array.from(outcome.adversarial.dataSync())).toEqual(expected);
  tf.dispose([outcome.adversarial, outcome.success]);
  freeBatch(batch);
  model.dispose();
});

test('a radius that is not positive is refused', () => {
  expect(() => myAttack({ eps: 0 })).toThrow(/attack "my-attack":\n {2}eps/);
});
