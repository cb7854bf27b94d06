import { pluginChecks, registerChecks } from '@equipoise/conformance';
import { test } from 'vitest';
import { plugin } from '../src/index.js';

registerChecks({ test }, pluginChecks(plugin));
