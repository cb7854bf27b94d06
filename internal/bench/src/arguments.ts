import { EquipoiseError } from '@equipoise/spec';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { workloads } from './workloads/index.js';

/** What the command is asked for. */
export interface BenchArguments {
  /** Names of workloads; all if none was given. */
  readonly workloads: readonly string[];
  /** Names of backends. */
  readonly backends: readonly string[];
  /** Whether to measure PyTorch too. */
  readonly peers: boolean;
  /** Whether nothing but JSON lines may be on the standard output. */
  readonly json: boolean;
  /** Whether to write docs/performance.md. */
  readonly writePage: boolean;
  /** How many quiet runs of each number to have. */
  readonly rounds: number;
  /** Seconds for one workload, after which no further round is begun. */
  readonly limitSeconds: number;
  /** How many values a run takes, if it is not the workload's own choice. */
  readonly values?: number;
}

interface GivenOptions {
  readonly backend?: readonly string[];
  readonly peers?: true;
  readonly json?: true;
  readonly writePage?: true;
  readonly rounds?: number;
  readonly limit: number;
  readonly values?: number;
}

/**
 * Reads the words after the command.
 * @throws CommanderError for words that it does not know and for `--help`, which were printed then
 * @throws EquipoiseError with code `EQUIPOISE_USAGE` if only some workloads are to make the page
 */
export function parseArguments(words: readonly string[]): BenchArguments {
  const command = describe();
  command.parse(words, { from: 'user' });
  const given = command.opts<GivenOptions>();
  const writePage = given.writePage ?? false;
  if (writePage && command.args.length > 0) {
    throw new EquipoiseError('EQUIPOISE_USAGE', '--write-page is for all workloads; leave their names out.');
  }
  const peers = given.peers ?? writePage;
  return {
    workloads: command.args.length > 0 ? command.args : [...workloads.keys()],
    backends: given.backend ?? ['wasm'],
    peers,
    json: given.json ?? false,
    writePage,
    rounds: given.rounds ?? (peers ? 3 : 1),
    limitSeconds: peers || given.rounds !== undefined ? given.limit * 60 : 0,
    ...(given.values === undefined ? {} : { values: given.values }),
  };
}

function describe(): Command {
  const list = [...workloads.values()].map(({ name, description }) => `  ${name.padEnd(12)} ${description}`);
  return new Command('npm run bench --')
    .description('Measures speed; prints one JSON line for each measurement.')
    .addArgument(new Argument('[workload...]', 'what to measure; everything by default').choices([...workloads.keys()]))
    .option('--backend <name>', 'where to compute: wasm (default), node or cpu; may be repeated', addBackend)
    .option('--peers', 'measure PyTorch too, in turn; installs it into the cache folder at the first use')
    .option('--json', 'print nothing but the JSON lines')
    .option('--write-page', 'write docs/performance.md from the measurements; implies --peers')
    .option('--rounds <count>', 'quiet runs of each number to take (default: 1, with --peers 3)', wholeNumber)
    .option('--limit <minutes>', 'time for one workload to have them', positiveNumber, 10)
    .option('--values <count>', 'values of one run, instead of the choice of the workload', wholeNumber)
    .addHelpText('after', `\nWorkloads:\n${list.join('\n')}`)
    .exitOverride();
}

function addBackend(word: string, before: readonly string[] = []): readonly string[] {
  const known = ['wasm', 'node', 'cpu'];
  if (!known.includes(word)) throw new InvalidArgumentError('Known are wasm, node and cpu.');
  return [...new Set([...before, word])];
}

function wholeNumber(word: string): number {
  if (!/^[1-9]\d*$/.test(word)) throw new InvalidArgumentError('Expected a whole number above 0.');
  return Number(word);
}

function positiveNumber(word: string): number {
  const value = Number(word);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}
