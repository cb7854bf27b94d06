import { pgd } from '@equipoise/attack-pgd';
import { pluginChecks, registerChecks } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { test } from 'vitest';
import { gradientImages, lossLandscape, plugin } from '../src/index.js';

const options = () => ({ attack: pgd({ eps: 0.2, steps: 3 }), points: 5, images: 12 });

onEachBackend(() =>
  registerChecks(
    { test },
    pluginChecks(plugin, {
      options: { 'analysis/loss-landscape': options, 'analysis/gradient-images': { images: 12, shown: 4 } },
      analyses: {
        'loss-landscape': { withBatchSize: (batchSize) => lossLandscape({ ...options(), batchSize }) },
        'gradient-images': { withBatchSize: (batchSize) => gradientImages({ images: 12, batchSize }) },
      },
    }),
  ),
);
