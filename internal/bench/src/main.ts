import { EquipoiseError } from '@equipoise/spec';
import { CommanderError } from 'commander';
import { parseArguments, type BenchArguments } from './arguments.js';
import { compare, type Line } from './compare.js';
import { writePage } from './page.js';
import { peerPython } from './peers/install.js';
import { waitForQuiet } from './processor.js';
import { collectRounds, combineRuns, type Contender } from './rounds.js';
import { runOurs, runPeer } from './run-process.js';
import { linesTable } from './table.js';
import type { Workload } from './workload.js';
import { workloads } from './workloads/index.js';

const note = (text: string) => void process.stderr.write(`${text}\n`);

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  try {
    const given = parseArguments(words);
    const lines = await measureAll(given);
    if (!given.json && lines.length > 0) console.log(`\n${linesTable(lines)}`);
    const busy = lines.filter(({ quiet }) => quiet === false).length;
    if (busy > 0) note(`${busy} of ${lines.length} numbers were measured on a busy machine: do not rely on them.`);
    if (given.writePage) note(`Written: ${await writePage(lines)}`);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!EquipoiseError.isInstance(error)) throw error;
    note(`Error: ${error.message}\n(${error.code})`);
    return error.code === 'EQUIPOISE_USAGE' ? 2 : 1;
  }
}

/** Measures what was asked for and prints every line as soon as it is known. */
async function measureAll(given: BenchArguments): Promise<readonly Line[]> {
  const python = given.peers ? peerPython(note) : undefined;
  const lines: Line[] = [];
  for (const name of given.workloads) {
    const workload = workloads.get(name)!;
    const measured = await measureWorkload(workload, given, workload.isAlone ? undefined : python);
    for (const line of measured) console.log(JSON.stringify(line));
    lines.push(...measured);
  }
  return lines;
}

async function measureWorkload(workload: Workload, given: BenchArguments, python?: string): Promise<Line[]> {
  const { name } = workload;
  const task = { workload: name, values: given.values };
  const backends = given.backends.filter((backend) => !workload.tooSlowOn?.includes(backend));
  for (const backend of given.backends) {
    if (!backends.includes(backend)) note(`${name} is left out on "${backend}": it would take too long.`);
  }
  if (backends.length === 0) return [];
  await workload.prepare?.();
  const ours = backends.map((backend) => ({ name: backend, run: () => runOurs(task, backend) }));
  const peers = (['plain', 'tuned'] as const).map((variant) => ({
    name: `pytorch, ${variant}`,
    run: () => runPeer(task, variant, python!),
  }));
  const contenders: readonly Contender[] = python === undefined ? ours : [...ours, ...peers];
  const found = await collectRounds(contenders.map(announced(name)), {
    ...given,
    waitForQuiet: given.limitSeconds > 0 ? waitForQuiet : () => Promise.resolve(),
    now: () => performance.now(),
  });
  const combined = (contender: string) => combineRuns(found.get(contender)!);
  const peerResults =
    python === undefined ? undefined : { plain: combined('pytorch, plain'), tuned: combined('pytorch, tuned') };
  return backends
    .flatMap((backend) => combined(backend))
    .map((measurement) => (peerResults ? compare(measurement, peerResults) : measurement));
}

/** Says what is being measured whenever it begins. */
function announced(workload: string): (contender: Contender) => Contender {
  return ({ name, run }) => ({
    name,
    run: () => {
      note(`${workload}, ${name} …`);
      return run();
    },
  });
}
