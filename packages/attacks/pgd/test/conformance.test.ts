import { attackChecks, pluginChecks, registerChecks } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { describe, test } from 'vitest';
import { pgd, type PgdOptions, plugin } from '../src/index.js';

const eps = 0.1;
const radius = { norm: 'linf', eps } as const;

/** Every switch at least once. */
const others: Record<string, Omit<PgdOptions, 'eps'>> = {
  'l2, momentum, restarts, early stop': { norm: 'l2', steps: 5, momentum: 1, restarts: 2, earlyStop: true },
  'l1, sparse steps, margin, best value': { norm: 'l1', steps: 5, sparsity: 0.2, objective: 'margin', keep: 'value' },
  'ratio, expectation over noise': {
    steps: 3,
    objective: 'difference-of-logits-ratio',
    expectation: { samples: 3, noise: 0.02 },
  },
};

onEachBackend(() => {
  registerChecks(
    { test },
    pluginChecks(plugin, {
      options: { 'attack/fgm': { eps }, 'attack/pgd': { eps, steps: 5 } },
      attacks: { fgm: { radius }, pgd: { radius } },
    }),
  );
  for (const [name, options] of Object.entries(others)) {
    const { norm = 'linf' } = options;
    // Three classes, as the toy network has, are enough for the ratio but not for its targeted form.
    const checks = attackChecks(() => pgd({ eps, ...options }), { radius: { norm: norm as 'linf', eps } });
    const fitting = checks.filter(
      ({ id }) => !(options.objective?.startsWith('difference') && id === 'attack/targeted'),
    );
    describe(name, () => registerChecks({ test }, fitting));
  }
});
