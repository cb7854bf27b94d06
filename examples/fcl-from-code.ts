/**
 * Feature Contrastive Learning without a registry: single packages, put together by hand.
 *
 *   node --conditions=@equipoise/source --import tsx examples/fcl-from-code.ts
 *
 * Two small networks learn synthetic MNIST, one with cross-entropy and one with FCL, and are shown the same test images
 * without and with a corner digit, clean and noisy. The run is short: it shows the parts, not the method's worth.
 */
import { balance } from '@equipoise/analysis-balance';
import { wasm } from '@equipoise/backend-wasm';
import { analyze, createContext, fit } from '@equipoise/core';
import { renderTerminal } from '@equipoise/core/node';
import { mnist } from '@equipoise/dataset-mnist';
import { syntheticMnist } from '@equipoise/dataset-synthetic-mnist';
import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import { fcl } from '@equipoise/loss-fcl';
import { cnn } from '@equipoise/model-vision';
import type { Loss } from '@equipoise/spec';
import { supervised } from '@equipoise/trainer-supervised';

const seed = 1;
await wasm().doActivate();
const dataset = syntheticMnist({ digits: mnist(), seed, cornerProbability: 0.2, count: { train: 2000 } });
const trainer = supervised({ steps: 60, batchSize: 64 });
const analysis = balance({ images: 200, sigmas: [0, 0.2] });

/** Trains a network from the same first weights with a loss, and measures its balance. */
async function balanceWith(loss: Loss, name: string) {
  const context = createContext({ seed });
  const model = cnn({ preset: 'small', classes: 15, seed });
  await fit({ trainer, model, dataset, loss, context });
  const report = await analyze(analysis, { model, dataset, name }, context);
  model.dispose();
  return { row: name, seed, report };
}

const entries = [await balanceWith(crossEntropyLoss(), 'cross-entropy'), await balanceWith(fcl(), 'FCL')];
const comparison = analysis.doCompare?.(entries);
if (comparison) console.log(renderTerminal(comparison));
