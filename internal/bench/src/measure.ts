import { otherShare, processorTime } from './processor.js';
import { summarize, toDigits, type Summary } from './statistics.js';

/** What is timed: done when its promise, or it itself, returns. */
export type Step = () => unknown;

/** How long to measure. */
export interface MeasureOptions {
  /** How many values of each step to take. */
  readonly values: number;
  /** How many times to run each step before. */
  readonly warmUp: number;
  /** No further round is begun after so many seconds, once there is one warm-up round (if any are asked for) and one value. */
  readonly limitSeconds?: number;
}

/** What a clock said of one step. */
export interface Timing {
  /** Wall time of each run. */
  readonly milliseconds: readonly number[];
  /** Share of all cores that other processes used meanwhile; `null` if it is not known. */
  readonly otherCpu: number | null;
}

/** Unit of a measurement: more is better for GFLOP/s, less is better for all others. */
export type Unit = 'GFLOP/s' | 'ms/step' | 'ms total';

/** One number that a workload gives, as it is printed. */
export interface Measurement extends Summary {
  /** Name of the workload. */
  readonly workload: string;
  /** What computed: a backend, or `pytorch`. */
  readonly backend: string;
  /** Which number of the workload it is, where it gives several. */
  readonly case?: string;
  readonly unit: Unit;
  /** Share of all cores that other processes used while the clock ran; `null` if it is not known. */
  readonly other_cpu: number | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Times steps in turn (first, second, …, first, second, …), so that what disturbs the machine disturbs all of them alike.
 * @param now the clock, in milliseconds
 */
export async function measure<Name extends string>(
  steps: Readonly<Record<Name, Step>>,
  { values, warmUp, limitSeconds = Infinity }: MeasureOptions,
  now: () => number = () => performance.now(),
): Promise<Readonly<Record<Name, Timing>>> {
  const named = Object.entries(steps) as [Name, Step][];
  const isOver = (start: number) => now() - start > limitSeconds * 1000;
  const warmUpStart = now();
  for (let round = 0; round < warmUp && (round === 0 || !isOver(warmUpStart)); round++) {
    for (const [, step] of named) await step();
  }
  const times = new Map<Name, number[]>(named.map(([name]) => [name, []]));
  const before = processorTime();
  const start = now();
  for (let round = 0; round < values && (round === 0 || !isOver(start)); round++) {
    for (const [name, step] of named) {
      const begin = now();
      await step();
      times.get(name)!.push(now() - begin);
    }
  }
  const otherCpu = otherShare(before, processorTime(), (now() - start) / 1000);
  const timings: Partial<Record<Name, Timing>> = {};
  for (const [name, milliseconds] of times) timings[name] = { milliseconds, otherCpu };
  return timings as Record<Name, Timing>;
}

/** What a measurement is of. */
export interface Subject {
  readonly workload: string;
  readonly backend: string;
  readonly case?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A timing as times. */
export function asTimes(subject: Subject, unit: Exclude<Unit, 'GFLOP/s'>, timing: Timing): Measurement {
  return measurementOf(subject, unit, timing.milliseconds, timing);
}

/** A timing as a speed. */
export function asSpeed(subject: Subject, gflop: number, timing: Timing): Measurement {
  const speeds = timing.milliseconds.map((time) => (gflop * 1000) / time);
  const details = { gflop: toDigits(gflop), ...subject.details };
  return measurementOf({ ...subject, details }, 'GFLOP/s', speeds, timing);
}

function measurementOf(subject: Subject, unit: Unit, values: readonly number[], { otherCpu }: Timing): Measurement {
  const { details = {}, ...named } = subject;
  return { ...named, unit, ...summarize(values), other_cpu: otherCpu, details };
}
