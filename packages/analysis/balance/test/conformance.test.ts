import { pluginChecks, registerChecks, toyDataset, toyModel } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { test } from 'vitest';
import { balance, plugin } from '../src/index.js';

const splits = { withoutSplit: 'train', withSplit: 'test' };

/** Stripes whose label the second split changes for every third image. */
function pairedStripes() {
  const dataset = toyDataset();
  const split = async (name: string) => {
    const { size, labels, examples } = await dataset.split('test');
    const changed = name === 'test' ? labels.map((label) => (label === 0 ? 2 : label)) : labels;
    return { size, labels: changed, examples };
  };
  return { ...dataset, split };
}

onEachBackend(() => {
  registerChecks(
    { test },
    pluginChecks(plugin, {
      options: { 'analysis/balance': splits },
      analyses: {
        balance: {
          subject: () => ({ model: toyModel(), dataset: pairedStripes(), name: 'toy' }),
          withBatchSize: (batchSize) => balance({ ...splits, batchSize }),
        },
      },
    }),
  );
});
