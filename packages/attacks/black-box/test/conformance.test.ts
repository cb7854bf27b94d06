import { attackChecks, pluginChecks, registerChecks } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { describe, test } from 'vitest';
import { hopSkipJump, nes, plugin } from '../src/index.js';

const eps = 0.1;

onEachBackend(() => {
  registerChecks(
    { test },
    pluginChecks(plugin, {
      options: {
        'attack/hop-skip-jump': { queries: 300, initialDraws: 20 },
        'attack/boundary': { queries: 100 },
        'attack/nes': { eps, steps: 4, samples: 5 },
      },
      attacks: { nes: { radius: { norm: 'linf', eps } } },
    }),
  );
  describe('hop-skip-jump in linf', () =>
    registerChecks(
      { test },
      attackChecks(() => hopSkipJump({ norm: 'linf', queries: 300, initialDraws: 20 })),
    ));
  describe('nes in l2, momentum, margin, no early stop', () =>
    registerChecks(
      { test },
      attackChecks(
        () => nes({ norm: 'l2', eps, steps: 4, samples: 5, momentum: 0.9, objective: 'margin', earlyStop: false }),
        { radius: { norm: 'l2', eps } },
      ),
    ));
});
