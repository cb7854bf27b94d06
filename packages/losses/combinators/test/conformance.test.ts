import { pluginChecks, registerChecks, toyLoss } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { test } from 'vitest';
import { plugin } from '../src/index.js';

const options = {
  'loss/weighted-sum': () => ({ terms: [{ loss: toyLoss() }, { loss: toyLoss(), weight: 0.5, name: 'half' }] }),
};

onEachBackend(() => registerChecks({ test }, pluginChecks(plugin, { options })));
