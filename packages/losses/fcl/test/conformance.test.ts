import { pluginChecks, registerChecks } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { test } from 'vitest';
import { plugin } from '../src/index.js';

onEachBackend(() => registerChecks({ test }, pluginChecks(plugin)));
