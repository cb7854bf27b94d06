import { pgd } from '@equipoise/attack-pgd';
import { pluginChecks, registerChecks } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { test } from 'vitest';
import { plugin } from '../src/index.js';

const course = { steps: 12, batchSize: 16, logEvery: 1, checkpoints: { everySteps: 5 } };

onEachBackend(() =>
  registerChecks(
    { test },
    pluginChecks(plugin, {
      options: { 'trainer/adversarial': () => ({ ...course, attack: pgd({ eps: 0.1, steps: 2 }) }) },
    }),
  ),
);
