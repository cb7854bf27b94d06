import { rm } from 'node:fs/promises';
import { pluginChecks, registerChecks } from '@equipoise/conformance';
import { afterAll, test } from 'vitest';
import { plugin } from '../src/index.js';
import { toyFile, toyFolder } from './toy-files.js';

const labels = [
  [4, 0],
  [19, 99],
  [4, 30],
];
const dataDir = await toyFolder({ 'train.bin': toyFile(labels), 'test.bin': toyFile(labels, 3) });
afterAll(() => rm(dataDir, { recursive: true }));

registerChecks({ test }, pluginChecks(plugin, { options: { 'dataset/cifar-100': { dataDir, verify: false } } }));
