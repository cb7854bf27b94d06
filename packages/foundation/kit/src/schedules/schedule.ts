import * as z from 'zod';
import { validateOptions } from '../options/validate-options.js';

/** The learning rate at a step; `step` is zero-based, `steps` is the number of steps of the whole training. */
export type Schedule = (step: number, steps: number) => number;

const rate = z.number().nonnegative();
const count = z.int().nonnegative();
const learningRate = rate.describe('The full learning rate.');
const totalSteps = z
  .int()
  .positive()
  .optional()
  .describe('Number of steps after which the schedule has ended; default: the number of steps of the training.');
const warmUpSteps = count
  .default(0)
  .describe('Number of steps in which the rate rises linearly from 0 at step 0 to what the schedule gives there.');

const constant = z.strictObject({ schedule: z.literal('constant'), learningRate, warmUpSteps });

const linear = z.strictObject({
  schedule: z.literal('linear'),
  learningRate,
  finalLearningRate: rate.default(0).describe('The rate at the end.'),
  totalSteps,
  warmUpSteps,
});

const cosine = z.strictObject({
  schedule: z.literal('cosine'),
  learningRate,
  finalLearningRate: rate.default(0).describe('The rate at the end.'),
  totalSteps,
  warmUpSteps,
});

const stepDecay = z.strictObject({
  schedule: z.literal('stepDecay'),
  learningRate,
  boundaries: z.array(count).readonly().describe('Steps at which the rate is multiplied by `factor`.'),
  factor: z.number().nonnegative().default(0.1).describe('What the rate is multiplied by at each boundary.'),
  warmUpSteps,
});

const exponential = z.strictObject({
  schedule: z.literal('exponential'),
  learningRate,
  factor: z.number().positive().default(0.1).describe('What the rate is multiplied by every `decaySteps` steps.'),
  decaySteps: z.int().positive().describe('Number of steps in which the rate falls by `factor`, smoothly.'),
  warmUpSteps,
});

const piecewise = z.strictObject({
  schedule: z.literal('piecewise'),
  points: z
    .array(z.tuple([count, rate]).readonly())
    .min(1)
    .readonly()
    .refine((points) => points.every(([step], index) => index === 0 || step > (points[index - 1]?.[0] ?? -1)), {
      error: 'Expected the steps of the points to rise.',
    })
    .describe(
      'Pairs of a step and the rate there; straight lines between, constant before the first and past the last.',
    ),
});

const oneCycle = z.strictObject({
  schedule: z.literal('oneCycle'),
  maxLearningRate: rate.describe('The largest rate.'),
  totalSteps,
  warmUpFraction: z.number().min(0).max(1).default(0.3).describe('Part of the steps in which the rate rises.'),
  divisor: z.number().positive().default(25).describe('The first rate is the largest divided by this.'),
  finalDivisor: z.number().positive().default(1e4).describe('The last rate is the first divided by this.'),
  anneal: z.enum(['cosine', 'linear']).default('cosine').describe('Half cosines or straight lines between.'),
});

/** The learning rate schedules, told apart by `schedule`. */
export const scheduleSchema = z.discriminatedUnion('schedule', [
  constant,
  linear,
  cosine,
  stepDecay,
  exponential,
  piecewise,
  oneCycle,
]);

/** A learning rate: a number, or a schedule. */
export const learningRateSchema = z.union([rate, scheduleSchema], {
  error: ({ input }) =>
    typeof input === 'number' || (typeof input === 'object' && input !== null)
      ? undefined
      : 'Expected a number >= 0 or the options of a schedule, { "schedule": "…" }',
});

/** Options of a learning rate schedule. */
export type ScheduleOptions = z.input<typeof scheduleSchema>;

/** A learning rate: a number, or the options of a schedule. */
export type LearningRate = z.input<typeof learningRateSchema>;

type Valid = z.output<typeof scheduleSchema>;

/**
 * Makes the function that gives the learning rate of a step.
 *
 * - constant: `learningRate`
 * - linear, cosine: with `p = (step − warmUpSteps)/(totalSteps − warmUpSteps)` between 0 and 1,
 *   `final + (learningRate − final)·(1 − p)`, or `·(1 + cos πp)/2` (Loshchilov and Hutter 2017, equation 5, one cycle)
 * - stepDecay: multiplied by `factor` at every boundary; a step equal to a boundary is past it
 * - exponential: `learningRate·factor^(step/decaySteps)`
 * - piecewise: straight lines through the given points
 * - oneCycle (Smith and Topin 2018, as in PyTorch): `max/divisor` at step 0, `max` at `warmUpFraction·totalSteps − 1`,
 *   `max/(divisor·finalDivisor)` at `totalSteps − 1`
 *
 * With `warmUpSteps`, what the schedule gives is multiplied by `step/warmUpSteps` before; linear and cosine are at their
 * full rate there, so the rate is zero at step 0, as in SimCLR's code.
 *
 * @param options a number for a constant rate, or the options of a schedule
 * @throws InvalidOptionsError for options that are no schedule
 */
export function createSchedule(options: LearningRate): Schedule {
  const valid = validateOptions(learningRateSchema, 'learning rate', options);
  if (typeof valid === 'number') return () => valid;
  const shape = shapeOf(valid);
  const warm = 'warmUpSteps' in valid ? valid.warmUpSteps : 0;
  return (step, steps) => shape(step, steps) * (step < warm ? step / warm : 1);
}

function shapeOf(options: Valid): Schedule {
  switch (options.schedule) {
    case 'constant':
      return () => options.learningRate;
    case 'linear':
      return (step, steps) => between(options.learningRate, options.finalLearningRate, progress(options, step, steps));
    case 'cosine':
      return (step, steps) =>
        between(options.learningRate, options.finalLearningRate, halfCosine(progress(options, step, steps)));
    case 'stepDecay':
      return (step) =>
        options.learningRate * options.factor ** options.boundaries.filter((boundary) => boundary <= step).length;
    case 'exponential':
      return (step) => options.learningRate * options.factor ** (step / options.decaySteps);
    case 'piecewise':
      return (step) => interpolate(options.points, step);
    case 'oneCycle':
      return (step, steps) => cycle(options, step, options.totalSteps ?? steps);
  }
}

function progress(
  options: { readonly totalSteps?: number | undefined; readonly warmUpSteps: number },
  step: number,
  steps: number,
): number {
  const length = (options.totalSteps ?? steps) - options.warmUpSteps;
  const done = step - options.warmUpSteps;
  if (done <= 0) return 0;
  return done >= length ? 1 : done / length;
}

function interpolate(points: readonly (readonly [step: number, rate: number])[], step: number): number {
  const next = points.findIndex(([at]) => at >= step);
  const [after, rateAfter] = points.at(next) as readonly [number, number];
  if (next <= 0) return rateAfter;
  const [before, rateBefore] = points[next - 1] as readonly [number, number];
  return between(rateBefore, rateAfter, (step - before) / (after - before));
}

function cycle(options: Extract<Valid, { schedule: 'oneCycle' }>, step: number, steps: number): number {
  const start = options.maxLearningRate / options.divisor;
  const top = options.warmUpFraction * steps - 1;
  const last = steps - 1;
  const ease = options.anneal === 'linear' ? (part: number) => part : halfCosine;
  if (top > 0 && step <= top) return between(start, options.maxLearningRate, ease(step / top));
  const part = step >= last ? 1 : (step - Math.max(top, 0)) / (last - Math.max(top, 0));
  return between(options.maxLearningRate, start / options.finalDivisor, ease(part));
}

function between(from: number, to: number, part: number): number {
  return from + (to - from) * part;
}

function halfCosine(part: number): number {
  return (1 - Math.cos(Math.PI * part)) / 2;
}
