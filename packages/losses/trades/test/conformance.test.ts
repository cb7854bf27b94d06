import { pgd } from '@equipoise/attack-pgd';
import { pluginChecks, registerChecks } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import { test } from 'vitest';
import { plugin } from '../src/index.js';

const attack = () => pgd({ eps: 0.1, steps: 3, keep: 'last' });

onEachBackend(() =>
  registerChecks({ test }, pluginChecks(plugin, { options: { 'loss/trades': () => ({ attack: attack() }) } })),
);
