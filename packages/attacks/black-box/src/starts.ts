import {
  coarsePictures,
  type Evaluator,
  findStarts,
  growingNoise,
  inTurn,
  logitObjectives,
  problemEvaluator,
  type Starts,
} from '@equipoise/ascent';
import type { AttackProblem, RunContext } from '@equipoise/spec';
import * as z from 'zod';

/** Noise begins at this share of the box … */
const SMALLEST = 0.05;
/** … and ends at so many boxes, where nearly all entries are cut off at the bounds. */
const LARGEST = 4;

/** The option `startAttempts`. */
export const startAttemptsOption = z
  .int()
  .min(2)
  .default(40)
  .describe(
    'Points a sample that are tried as starts: one half noise around the input that grows, one half coarse pictures.',
  );

/** The option `queries`. */
export const queriesOption = (count: number) =>
  z.int().min(1).default(count).describe('How often the model may be asked about a sample, its start included.');

/** Judges points by the verdict alone; the values, margins, are used by nobody but the warning of values that are no numbers. */
export function decisionsOf(problem: AttackProblem): Evaluator {
  return problemEvaluator(problem, { objective: logitObjectives.margin });
}

/** Looks for starts within the budget. */
export function findStartsWithin(
  { startAttempts, queries }: { readonly startAttempts: number; readonly queries: number },
  problem: AttackProblem,
  evaluator: Evaluator,
  context: RunContext,
): Promise<Starts> {
  const { bounds } = problem.model;
  const range = bounds[1] - bounds[0];
  const attempts = Math.max(0, Math.min(startAttempts, queries - 1));
  const half = Math.ceil(attempts / 2);
  const growth = (LARGEST / SMALLEST) ** (1 / Math.max(1, half - 1));
  const { rng } = context;
  const noise = growingNoise({ distribution: 'normal', first: SMALLEST * range, growth, rng });
  const propose = inTurn(noise, half, coarsePictures(bounds, rng));
  return findStarts({ problem, evaluator, propose, attempts, context });
}
