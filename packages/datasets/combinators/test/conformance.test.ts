import { pluginChecks, registerChecks } from '@equipoise/conformance';
import { test } from 'vitest';
import { plugin } from '../src/index.js';
import { counting } from './counting.js';

const dataset = () => counting(Array.from({ length: 30 }, (_, index) => index % 3));

registerChecks(
  { test },
  pluginChecks(plugin, {
    options: {
      'dataset/subset': () => ({ dataset: dataset(), splits: { train: { count: 9 } } }),
      'dataset/split-off': () => ({ dataset: dataset(), fraction: 0.2, stratified: true }),
      'dataset/select-classes': () => ({ dataset: dataset(), classes: [2, 0] }),
      'dataset/map-labels': () => ({ dataset: dataset(), map: [0, 1, 0], classes: ['even', 'odd'] }),
    },
  }),
);
