import { cpu } from '@equipoise/backend-cpu';
import { freeBatch, lossInput, pluginChecks, registerChecks, toyBatch, toyModel } from '@equipoise/conformance';
import { beforeAll, expect, test } from 'vitest';
import { myLoss, plugin } from '../src/index.js';

beforeAll(() => cpu().doActivate());

registerChecks({ test }, pluginChecks(plugin));

test('the total is the cross-entropy plus the weighted polynomial term', async () => {
  const model = toyModel();
  const batch = await toyBatch();
  const numbers = (epsilon: number) => {
    const { total, parts } = myLoss({ epsilon }).doCompute(lossInput(model, batch, 1), {});
    return [total, parts['crossEntropy'], parts['polynomial']].map((tensor) => tensor?.dataSync()[0] ?? NaN);
  };
  const [plain = NaN, crossEntropy = NaN, polynomial = NaN] = numbers(0);
  expect(plain).toBe(crossEntropy);
  expect(polynomial).toBeGreaterThan(0);
  // float32 holds about 7 digits.
  expect(numbers(2)[0]).toBeCloseTo(crossEntropy + 2 * polynomial, 5);
  freeBatch(batch);
  model.dispose();
});

test('a weight below −1 is refused', () => {
  expect(() => myLoss({ epsilon: -2 })).toThrow(/loss "my-loss":\n {2}epsilon/);
});
