import { pluginChecks, registerChecks } from '@equipoise/conformance';
import { test } from 'vitest';
import { plugin } from '../src/index.js';
import { toyDigits } from './toy-digits.js';

registerChecks(
  { test },
  pluginChecks(plugin, { options: { 'dataset/synthetic-mnist': () => ({ digits: toyDigits() }) } }),
);
