/** Single packages in a plain Node project: real digits, a few steps, an analysis. */
import { wasm } from '@equipoise/backend-wasm';
import { createContext, evaluate, fit } from '@equipoise/core';
import { subset } from '@equipoise/dataset-combinators';
import { mnist } from '@equipoise/dataset-mnist';
import { fcl } from '@equipoise/loss-fcl';
import { cnn } from '@equipoise/model-vision';
import { supervised } from '@equipoise/trainer-supervised';

await wasm().doActivate();
const dataset = subset(mnist(), { train: { count: 1000 }, test: { count: 200 } });
const model = cnn({ preset: 'small' });
const trainer = supervised({ steps: 20, batchSize: 64 });
await fit({ trainer, model, dataset, loss: fcl(), context: createContext({ seed: 1 }) });
const { accuracy } = await evaluate(model, await dataset.split('test'));
if (!(accuracy > 0.4)) throw new Error(`20 steps gave a test accuracy of ${accuracy}; chance is 0.1.`);
console.log(`test accuracy ${accuracy.toFixed(3)} after 20 steps of FCL`);
