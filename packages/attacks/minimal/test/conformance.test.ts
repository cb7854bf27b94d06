import { attackChecks, pluginChecks, registerChecks } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import type { Attack } from '@equipoise/spec';
import { describe, test } from 'vitest';
import { carliniWagner, ddn, deepfool, fmn, plugin } from '../src/index.js';

const short = { searchSteps: 3, steps: 20, stepSize: 0.05 };

/** Every switch at least once. */
const others: Record<string, () => Attack> = {
  'DeepFool in linf, one candidate': () => deepfool({ norm: 'linf', candidates: 1 }),
  'DDN along several boundaries': () => ddn({ steps: 20, candidates: 2, initEps: 0.3 }),
  'FMN in l2': () => fmn({ norm: 'l2', steps: 20 }),
  'FMN in l1, several boundaries': () => fmn({ norm: 'l1', steps: 10, candidates: 2 }),
  'FMN in l0': () => fmn({ norm: 'l0', steps: 20 }),
  'Carlini-Wagner, confident, falling steps': () =>
    carliniWagner({ ...short, confidence: 0.2, abortEarly: false, finalStepSize: 1e-3, candidates: 2 }),
};

onEachBackend(() => {
  registerChecks(
    { test },
    pluginChecks(plugin, {
      options: { 'attack/ddn': { steps: 20 }, 'attack/fmn': { steps: 20 }, 'attack/carlini-wagner': short },
    }),
  );
  for (const [name, make] of Object.entries(others)) describe(name, () => registerChecks({ test }, attackChecks(make)));
});
