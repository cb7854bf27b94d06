import { plugin as pgd } from '@equipoise/attack-pgd';
import { createMemoryStorage, createRegistry, parseExperiment, runExperiment } from '@equipoise/core';
import { plugin as datasets } from '@equipoise/dataset-combinators';
import { activateBackend } from '@equipoise/internal-testing';
import { createRng } from '@equipoise/kit';
import { plugin as crossEntropy } from '@equipoise/loss-cross-entropy';
import { plugin as networks } from '@equipoise/model-vision';
import { plugin as supervised } from '@equipoise/trainer-supervised';
import { expect, test } from 'vitest';
import { plugin } from '../src/index.js';

const length = 20;

/**
 * Two classes that differ by 0.2 in each of 20 coordinates, in noise of standard deviation 0.3: together they tell the classes
 * apart (d′ = 0.2·√20/0.3 = 3, at best 93 % right), and as their means are 0.9 apart, an attack of radius 1 in l2 exchanges them.
 */
function weakFeatures(count: number, seed: number) {
  const rng = createRng(seed);
  const labels = Array.from({ length: count }, (_, index) => index % 2);
  const x = labels.map((label) =>
    Array.from(rng.normals(length), (noise) => Math.min(1, Math.max(0, 0.4 + 0.2 * label + 0.3 * noise))),
  );
  return { x, labels };
}

const splits = { train: weakFeatures(300, 1), test: weakFeatures(300, 2) };
const dataset = { use: 'arrays', options: { inputShape: [length], classes: 2, splits } };
const attack = { use: 'pgd', options: { norm: 'l2', eps: 1, steps: 5, randomStart: false } };
const trained = { use: 'trained', options: { row: 'standard' } };
const made = (use: string, options: object) => ({
  use,
  options: { dataset, model: trained, folder: null, ...options },
});
const loss = { use: 'cross-entropy' };

test('an experiment trains a model, makes data of it and learns the original classes from labels that are all wrong', async () => {
  await activateBackend('cpu');
  const registry = [pgd, datasets, crossEntropy, networks, supervised, plugin].reduce(
    (known, one) => known.use(one) as ReturnType<typeof createRegistry>,
    createRegistry(),
  );
  const json = {
    specVersion: 1,
    name: 'wrong-labels',
    dataset,
    model: { use: 'mlp', options: { inputShape: [length], hidden: [16], classes: 2, mean: 0.5, std: 0.3 } },
    trainer: {
      use: 'supervised',
      options: { epochs: 10, batchSize: 20, optimizer: { name: 'adam', learningRate: 0.005 } },
    },
    rows: [
      { name: 'standard', loss },
      { name: 'wrong', loss, dataset: made('relabel', { targets: 'next', attack }) },
      { name: 'rebuilt', loss, dataset: made('robustify', { steps: 30, stepSize: 0.1 }) },
    ],
  };
  const experiment = parseExperiment(json, registry);
  const { results } = await runExperiment({ experiment, registry, storage: createMemoryStorage() });
  const accuracy = results.map(({ metrics }) => metrics['accuracy'] as number);
  // Without anything learnt, 0.5 with a standard error of 0.5/√300 = 0.03.
  for (const one of accuracy) expect(one).toBeGreaterThan(0.85);
});
