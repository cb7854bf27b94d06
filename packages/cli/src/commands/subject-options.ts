import { InvalidArgumentError, type Command } from 'commander';
import { withCommonOptions, type CommonOptions } from './common.js';

/** Options of commands that try a trained model. */
export interface SubjectCommandOptions extends CommonOptions {
  readonly model?: string;
  readonly dataset?: string;
  readonly row?: string;
  readonly trainingSeed?: number;
  readonly split?: string;
  readonly samples?: number;
  readonly batchSize?: number;
  readonly backend?: string;
  readonly seed?: number;
}

/** A whole number on the command line. */
export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number.');
}

const repeated = (one: string, all: readonly string[] = []) => [...all, one];

/** Adds `--attack`, which may be given several times. */
export function withAttacks(command: Command, help: string): Command {
  return command.option('--attack <attack>', help, repeated);
}

/** Adds what commands need that try a trained model. */
export function withSubject(command: Command): Command {
  return withCommonOptions(
    command
      .option('--row <name>', 'the row of a run; by default the first')
      .option('--training-seed <n>', 'the seed of that row; by default the first', wholeNumber)
      .option('--model <model>', 'for a .safetensors file: the network, a name or JSON')
      .option('--dataset <data>', 'the data, a name or JSON; by default those of the run')
      .option('--split <name>', 'the split', 'test')
      .option('--samples <n>', 'how many samples, from the first on; by default all', wholeNumber)
      .option('--batch-size <n>', 'samples in memory at once; does not change results', wholeNumber, 100)
      .option('--seed <n>', 'seed of the attacks', wholeNumber, 0)
      .option('--backend <name>', 'what computes: auto, or a name of equipoise backend list', 'auto'),
  );
}
