import { EquipoiseError } from '@equipoise/spec';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { asTimes, measure } from '../measure.js';
import { measuring, type Workload } from '../workload.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const script = fileURLToPath(new URL('../first-forward.mjs', import.meta.url));

/** From the start of a process until it has printed the result of the first forward pass, with the packages as they are published. */
export const startup: Workload = {
  name: 'startup',
  description: 'from the start of a process to the result of its first forward pass',
  prepare: build,
  run: async (task) => {
    const times: number[] = [];
    const step = async () => void times.push(await firstForward(task.backend));
    const { timing } = await measure({ timing: step }, measuring(task, { values: 5, warmUp: 1 }));
    const milliseconds = times.slice(-timing.milliseconds.length);
    return [asTimes({ workload: 'startup', backend: task.backend }, 'ms total', { ...timing, milliseconds })];
  },
};

/** Milliseconds until the result is read; returns after the process has ended, so that its time counts as this one's. */
async function firstForward(backend: string): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [script, backend], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let milliseconds: number | undefined;
  for await (const line of createInterface(child.stdout)) {
    if (Number.isFinite(Number(line))) milliseconds ??= performance.now() - start;
  }
  const [code] = (await ended) as [number | null];
  if (milliseconds === undefined || code !== 0) {
    throw new EquipoiseError('EQUIPOISE_BENCH_FAILED', `The first forward pass on "${backend}" failed; see above.`);
  }
  return milliseconds;
}

function build(): void {
  const packages = ['backend-cpu', 'backend-wasm', 'model-vision'].map((name) => `--filter=@equipoise/${name}...`);
  const { status, stdout, stderr } = spawnSync(
    'npx',
    ['turbo', 'run', 'build', '--output-logs=errors-only', ...packages],
    {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    },
  );
  if (status === 0) return;
  throw new EquipoiseError('EQUIPOISE_BENCH_FAILED', `The packages could not be built:\n${stdout}${stderr}`);
}
