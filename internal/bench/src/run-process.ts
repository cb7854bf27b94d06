import { EquipoiseError } from '@equipoise/spec';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Measurement } from './measure.js';

const childScript = fileURLToPath(new URL('child.ts', import.meta.url));
const peerScript = fileURLToPath(new URL('../peers/peer.py', import.meta.url));

/** What one process measures. */
export interface ProcessTask {
  readonly workload: string;
  /** Number of values, if it is not the workload's own choice. */
  readonly values?: number | undefined;
}

/** How PyTorch is set up; see `peers/peer.py`. */
export type PeerVariant = 'plain' | 'tuned';

/** Measures ours on one backend, in a process of its own. */
export function runOurs({ workload, values }: ProcessTask, backend: string): Promise<Measurement[]> {
  const own = values === undefined ? [] : [String(values)];
  return runProcess(process.execPath, [...process.execArgv, childScript, workload, backend, ...own], {});
}

/** Measures PyTorch, in a process of its own. */
export function runPeer(task: ProcessTask, variant: PeerVariant, python: string): Promise<Measurement[]> {
  const { workload, values } = task;
  const isTuned = variant === 'tuned';
  const own = values === undefined ? [] : ['--values', String(values)];
  const keepMemory = { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: String(2 ** 34) };
  const parameters = [peerScript, workload, ...(isTuned ? ['--tuned'] : []), ...own];
  return runProcess(python, parameters, isTuned ? keepMemory : {});
}

async function runProcess(
  command: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Measurement[]> {
  const env = { ...process.env, ...environment };
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const ended = once(child, 'close');
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) {
    const message = `${command} ${parameters.join(' ')} ended with ${code}:\n${errors.trim().split('\n').slice(-12).join('\n')}`;
    throw new EquipoiseError('EQUIPOISE_BENCH_FAILED', message, { details: { command, parameters, code } });
  }
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Measurement);
}
