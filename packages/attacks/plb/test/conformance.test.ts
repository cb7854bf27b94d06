import { attackChecks, pluginChecks, registerChecks } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { describe, test } from 'vitest';
import { plb, plugin, type PlbOptions } from '../src/index.js';

const short = { outer: 2, inner: 4 };

/** Every norm and switch at least once. */
const others: Record<string, PlbOptions> = {
  'l2, restarts': { norm: 'l2', restarts: 2 },
  'l1, probabilities': { norm: 'l1', scores: 'probabilities' },
  'l0, no backtracks': { norm: 'l0', maxBacktracks: 0 },
  'total variation': { norm: 'total-variation', proxIterations: 10 },
};

onEachBackend(() => {
  registerChecks({ test }, pluginChecks(plugin, { options: { 'attack/plb': short } }));
  for (const [name, options] of Object.entries(others)) {
    describe(name, () =>
      registerChecks(
        { test },
        attackChecks(() => plb({ ...short, ...options })),
      ),
    );
  }
});
