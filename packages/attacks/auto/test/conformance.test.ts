import { pluginChecks, registerChecks } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { test } from 'vitest';
import { plugin } from '../src/index.js';

const eps = 0.4;
const radius = { norm: 'linf', eps } as const;

/** The toy has three classes, and is small: few steps are enough. */
onEachBackend(() => {
  registerChecks(
    { test },
    pluginChecks(plugin, {
      options: {
        'attack/auto-attack': { eps, steps: 5, queries: 5 },
        'attack/apgd': { eps, steps: 5, restarts: 2 },
        'attack/apgd-targeted': { eps, steps: 5, objective: 'logit-difference' },
        'attack/fab': { norm: 'l2', steps: 5 },
        'attack/fab-targeted': { eps, steps: 5 },
        'attack/square': { eps, queries: 20 },
      },
      attacks: { 'auto-attack': { radius }, apgd: { radius }, 'apgd-targeted': { radius }, square: { radius } },
    }),
  );
});
