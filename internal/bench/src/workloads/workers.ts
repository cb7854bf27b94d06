import { EquipoiseError } from '@equipoise/spec';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asTimes, measure, type Step } from '../measure.js';
import { measuring, type Workload } from '../workload.js';

const command = fileURLToPath(new URL('../../../../packages/cli/src/bin.ts', import.meta.url));

/** Four trainings that are long enough for the start of a thread to count for little. */
const experiment = {
  specVersion: 1,
  name: 'workers',
  title: 'Workers',
  dataset: { use: 'synthetic-mnist', options: { digits: { use: 'mnist' }, count: { train: 1280, test: 150 } } },
  model: { use: 'cnn', options: { preset: 'small', classes: 15 } },
  trainer: { use: 'supervised', options: { steps: 150, batchSize: 64 } },
  rows: [{ name: 'plain', label: 'Plain', loss: { use: 'cross-entropy' } }],
  seeds: [1, 2, 3, 4],
};

/** How the time of an experiment falls with the trainings that run side by side. */
export const workers: Workload = {
  name: 'workers',
  description: 'an experiment of four trainings with 1, 2, … of them side by side',
  isAlone: true,
  tooSlowOn: ['cpu'],
  run: async (task) => {
    const folder = mkdtempSync(join(tmpdir(), 'equipoise-workers-'));
    const file = join(folder, 'experiment.json');
    writeFileSync(file, JSON.stringify(experiment));
    const counts = [1, 2, 4].filter((count) => count <= availableParallelism());
    const steps = Object.fromEntries(counts.map((count) => [count, runWith(count, file, folder, task.backend)]));
    const timings = await measure(steps, measuring(task, { values: 2, warmUp: 0, limitSeconds: 120 }));
    rmSync(folder, { recursive: true });
    return counts.map((count) => {
      const details = { what: 'workers', size: count };
      const subject = { workload: 'growth', backend: task.backend, case: `workers ${count}`, details };
      return asTimes(subject, 'ms total', timings[count]!);
    });
  },
};

function runWith(count: number, file: string, folder: string, backend: string): Step {
  return () => {
    const words = [
      'run',
      file,
      '--folder',
      join(folder, 'run'),
      '--force',
      '--workers',
      String(count),
      '--backend',
      backend,
    ];
    const { status, stderr } = spawnSync(process.execPath, [...process.execArgv, command, ...words], {
      encoding: 'utf8',
    });
    if (status !== 0)
      throw new EquipoiseError('EQUIPOISE_BENCH_FAILED', `The experiment failed: ${stderr.slice(-500)}`);
  };
}
