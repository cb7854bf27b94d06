import { pluginChecks, registerChecks, toyDataset, toyModel } from '@equipoise/conformance';
import { activateBackend, onEachBackend } from '@equipoise/internal-testing';
import { test } from 'vitest';
import { plugin } from '../src/index.js';

// Options are made where the checks are listed; a model there needs a backend, from which tensors move to the one under test.
await activateBackend('cpu');

onEachBackend(() => {
  const parts = () => ({ dataset: toyDataset(), model: toyModel(), folder: null, samples: 12 });
  registerChecks(
    { test },
    pluginChecks(plugin, {
      options: { 'dataset/relabel': parts, 'dataset/robustify': () => ({ ...parts(), steps: 3 }) },
    }),
  );
});
