import { lossChecks, pluginChecks, registerChecks } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { describe, test } from 'vitest';
import { fcl, plugin, type FclOptions } from '../src/index.js';

/** Every source of masks, rule, perturbation and relation at least once, apart from those of the defaults. */
const others: Record<string, FclOptions> = {
  'in-batch relation, random masks, bottom entries': { relation: 'in-batch', masks: 'random', lowRule: 'bottom' },
  'hinge on raw embeddings, oracle masks, erased entries': {
    relation: 'hinge',
    embedding: 'raw',
    margin: 3,
    masks: 'oracle',
    oracle: { boxes: [{ top: 0, left: 0, height: 2, width: 4 }], inside: [0] },
    high: { type: 'erase' },
  },
  'pull, margin utility, random rest': { relation: 'pull', utility: 'margin', lowRule: 'random' },
  'no relation, finite utility, noise of one size that is not clipped': {
    relation: 'none',
    utility: 'finite',
    finite: { blockSize: 2 },
    low: { type: 'noise', sigma: 0.2, clip: false },
  },
  'noise on all entries': { masks: 'all', relation: 'none' },
};

onEachBackend(() => {
  registerChecks({ test }, pluginChecks(plugin));
  for (const [name, options] of Object.entries(others)) {
    describe(name, () =>
      registerChecks(
        { test },
        lossChecks(() => fcl({ warmUpFraction: 0, ...options })),
      ),
    );
  }
});
