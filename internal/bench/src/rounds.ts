import type { Measurement } from './measure.js';
import { isQuiet } from './processor.js';
import { median, toDigits } from './statistics.js';

/** Something that is measured in turn with others. */
export interface Contender {
  readonly name: string;
  /** Runs it once, in a process of its own. */
  run(): Promise<readonly Measurement[]>;
}

/** How often to measure. */
export interface RoundsOptions {
  /** How many quiet runs of each number to have. */
  readonly rounds: number;
  /** After so many seconds no further round is begun, once there is one. */
  readonly limitSeconds: number;
  /** Waits for quiet, at most until the deadline. */
  readonly waitForQuiet: (deadline: number) => Promise<void>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** All runs of one number, as one measurement. */
export interface Combined extends Measurement {
  /** Whether other processes used at most a tenth of the cores; `null` if it is not known. */
  readonly quiet: boolean | null;
  /** How many runs it is made of. */
  readonly runs: number;
}

/**
 * Runs contenders in turn (first, second, …, first, second, …) until each number of each has enough runs in which the
 * machine was quiet, or the time is up; a contender that has enough rests.
 * @returns every run's measurements, by the contender's name
 */
export async function collectRounds(
  contenders: readonly Contender[],
  { rounds, limitSeconds, waitForQuiet, now }: RoundsOptions,
): Promise<ReadonlyMap<string, readonly Measurement[]>> {
  const found = new Map<string, Measurement[]>(contenders.map(({ name }) => [name, []]));
  const deadline = now() + limitSeconds * 1000;
  for (let round = 0; round === 0 || now() < deadline; round++) {
    const waiting = contenders.filter(({ name }) => !hasEnough(found.get(name)!, rounds));
    if (waiting.length === 0) break;
    for (const contender of waiting) {
      await waitForQuiet(deadline);
      found.get(contender.name)!.push(...(await contender.run()));
    }
  }
  return found;
}

/** One measurement for each number: the median of its quiet runs, or of all runs if no run was quiet. */
export function combineRuns(measurements: readonly Measurement[]): readonly Combined[] {
  return [...byCase(measurements).values()].map((all) => {
    const quiet = all.filter(({ other_cpu }) => isQuiet(other_cpu));
    const used = quiet.length > 0 ? quiet : all;
    const shares = used.map(({ other_cpu }) => other_cpu).filter((share) => share !== null);
    return {
      ...used[0]!,
      median: toDigits(median(used.map((one) => one.median))),
      min: Math.min(...used.map((one) => one.min)),
      max: Math.max(...used.map((one) => one.max)),
      n: used.reduce((sum, one) => sum + one.n, 0),
      other_cpu: shares.length > 0 ? Math.max(...shares) : null,
      details: combineDetails(used),
      quiet: shares.length > 0 ? quiet.length > 0 : null,
      runs: used.length,
    };
  });
}

function hasEnough(measurements: readonly Measurement[], rounds: number): boolean {
  const cases = [...byCase(measurements).values()];
  const isUsable = ({ other_cpu }: Measurement) => isQuiet(other_cpu) !== false;
  return cases.length > 0 && cases.every((all) => all.filter(isUsable).length >= rounds);
}

function byCase(measurements: readonly Measurement[]): ReadonlyMap<string, readonly Measurement[]> {
  const groups = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const group = groups.get(measurement.case ?? '');
    if (group) group.push(measurement);
    else groups.set(measurement.case ?? '', [measurement]);
  }
  return groups;
}

/** The median of every number in the details; the first run's where it is something else. */
function combineDetails(runs: readonly Measurement[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(runs[0]!.details).map(([key, value]) => {
      const values = runs.map(({ details }) => details[key]);
      return [key, values.every((one) => typeof one === 'number') ? median(values) : value];
    }),
  );
}
