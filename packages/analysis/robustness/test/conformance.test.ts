import { pgd } from '@equipoise/attack-pgd';
import { pluginChecks, registerChecks } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { test } from 'vitest';
import { plugin, robustness } from '../src/index.js';

const options = () => ({
  attacks: { pgd: pgd({ eps: 0.1, steps: 4 }) },
  eps: [0.1, 0.2],
  checks: { samples: 4, steps: 4 },
});

onEachBackend(() => {
  registerChecks(
    { test },
    pluginChecks(plugin, {
      options: { 'analysis/robustness': options },
      analyses: { robustness: { withBatchSize: (batchSize) => robustness({ ...options(), batchSize }) } },
    }),
  );
});
