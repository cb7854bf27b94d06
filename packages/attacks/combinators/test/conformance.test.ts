import { deepfool, fmn } from '@equipoise/attack-minimal';
import { fgm, pgd } from '@equipoise/attack-pgd';
import { attackChecks, pluginChecks, registerChecks } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { describe, test } from 'vitest';
import { plugin, worstOf } from '../src/index.js';

const eps = 0.1;
/** So short a step that where it ends depends on where it began. */
const random = () => pgd({ eps, steps: 2, stepSize: 0.02 });
const radius = { norm: 'linf', eps } as const;

onEachBackend(() => {
  registerChecks(
    { test },
    pluginChecks(plugin, {
      options: {
        'attack/minimal-eps': () => ({ attack: random(), tolerance: 0.2 }),
        'attack/worst-of': () => ({ attacks: [fgm({ eps: eps / 100 }), random()] }),
        'attack/repeat': () => ({ attack: random(), times: 2 }),
      },
      attacks: { 'worst-of': { radius }, repeat: { radius } },
    }),
  );
  describe('worst-of, searches', () => {
    const attacks = () => [deepfool({ norm: 'linf' }), fmn({ norm: 'linf', steps: 10 })];
    registerChecks(
      { test },
      attackChecks(() => worstOf({ attacks: attacks() })),
    );
  });
});
