import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../src/index.js';
import type { Output } from '../src/index.js';

/** An output that keeps what is written. */
export function keepingOutput(
  changes: Partial<Output> = {},
): Output & { readonly lines: string[]; readonly notes: string[] } {
  const lines: string[] = [];
  const notes: string[] = [];
  return {
    lines,
    notes,
    out: (text) => void lines.push(text),
    note: (text) => void notes.push(text),
    screen: process.stderr,
    width: 80,
    color: false,
    interactive: false,
    ...changes,
  };
}

/** How a call of the command ended. */
export interface Called {
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly notes: string;
}

/** Calls the command in this process. */
export async function equipoise(...parameters: readonly string[]): Promise<Called> {
  const output = keepingOutput();
  const code = await main(parameters, output);
  return { code, out: output.lines.join('\n'), notes: output.notes.join('\n') };
}

/** The lines of standard error that begin an error. */
export function errorsIn({ notes }: Pick<Called, 'notes'>): string[] {
  return notes.split('\n').filter((line) => /^(Error|Unexpected error)/.test(line));
}

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));

/** Starts the command in a process of its own, from the sources. */
export function start(...parameters: readonly string[]): {
  readonly child: ChildProcess;
  readonly ended: Promise<Called & { readonly signal: string | null }>;
} {
  const child = spawn(process.execPath, ['--conditions=@equipoise/source', '--import', 'tsx', bin, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, notes] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (notes += text.toString()));
  const ended = new Promise<Called & { readonly signal: string | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? -1, signal, out, notes }));
  });
  return { child, ended };
}

/** A new folder for the files of a test. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'equipoise-cli-'));
}

/** The plugin of components that do what they must not. */
export const troubles = fileURLToPath(new URL('./plugins/troubles.mjs', import.meta.url));

function split(size: number): { readonly x: number[][]; readonly labels: number[] } {
  const labels = Array.from({ length: size }, (_, index) => index % 2);
  return { x: labels.map((label, index) => [0.2 + 0.6 * label, ((7 * index) % size) / size]), labels };
}

/** The arrays of the tiny data set. */
export const arrays = { inputShape: [2], classes: ['left', 'right'], splits: { train: split(24), test: split(12) } };

/** A small experiment: two rows of a tiny network on two dozen points. */
export function tinyExperiment(
  changes: Readonly<Record<string, unknown>> = {},
  steps = 4,
  everySteps = 2,
): Record<string, unknown> {
  const trainer = { steps, batchSize: 8, logEvery: everySteps, checkpoints: { everySteps } };
  return {
    specVersion: 1,
    name: 'tiny',
    backend: 'cpu',
    workers: 1,
    dataset: { use: 'arrays', options: arrays },
    model: { use: 'mlp', options: { inputShape: [2], classes: 2, hidden: [4] } },
    trainer: { use: 'supervised', options: trainer },
    rows: [
      { name: 'plain', loss: { use: 'cross-entropy' } },
      {
        name: 'noisy',
        loss: { use: 'cross-entropy' },
        trainer: { use: 'supervised', options: { ...trainer, noise: { type: 'gaussian', sigma: 0.1 } } },
      },
    ],
    ...changes,
  };
}

/** Writes an experiment to a file of a folder. */
export function writeExperiment(folder: string, experiment: unknown, name = 'experiment.json'): string {
  const path = join(folder, name);
  writeFileSync(path, typeof experiment === 'string' ? experiment : JSON.stringify(experiment));
  return path;
}

/** The bytes of what a run found: final weights and results of every job, and the report. */
export function resultsOf(
  folder: string,
  rows: readonly string[] = ['plain', 'noisy'],
  seed = 1,
): Record<string, string> {
  const files = rows.flatMap((row) => [
    `checkpoints/row/${row}/seed-${seed}/final.safetensors`,
    `jobs/row/${row}/seed-${seed}.json`,
  ]);
  return Object.fromEntries(
    [...files, 'report.json'].map((file) => [file, readFileSync(join(folder, file)).toString('base64')]),
  );
}
