import { pluginChecks, registerChecks } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { test } from 'vitest';
import { plugin, sensitivity } from '../src/index.js';

const options = {
  images: 30,
  batchSize: 10,
  split: 'test',
  pictureSplit: 'test',
  regions: [{ top: 0, left: 0, height: 2, width: 4 }],
  changing: [0],
  keeping: [1, 2],
};

onEachBackend(() => {
  registerChecks(
    { test },
    pluginChecks(plugin, {
      options: { 'analysis/sensitivity': options },
      analyses: { sensitivity: { withBatchSize: (batchSize) => sensitivity({ ...options, batchSize }) } },
    }),
  );
});
