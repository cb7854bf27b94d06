import * as z from 'zod';
import { validateOptions } from '../options/validate-options.js';
import { createSchedule, type LearningRate, learningRateSchema, type Schedule } from '../schedules/schedule.js';
import { adam, adamw } from './adam.js';
import { chain, type ChainState } from './chain.js';
import { clipGlobalNorm } from './clip.js';
import { lars } from './lars.js';
import { sgd } from './sgd.js';
import type { GradientTransform } from './transform.js';

const positive = z.number().positive();
const fraction = z.number().min(0).lt(1);

const common = (learningRate: number, weightDecay = 0, decay = 'added to the gradient') => ({
  learningRate: learningRateSchema
    .default(learningRate)
    .describe('The learning rate: a number, or a schedule such as { schedule: "cosine", learningRate: 0.1 }.'),
  weightDecay: z.number().nonnegative().default(weightDecay).describe(`The factor of the weight decay, ${decay}.`),
  clipNorm: positive.optional().describe('The largest norm of all gradients together; default: no clipping.'),
});

const velocity = (momentum: number) =>
  fraction.default(momentum).describe('The factor by which the velocity lasts from step to step.');

const moments = {
  beta1: fraction.default(0.9).describe('The factor by which the mean of the gradients lasts.'),
  beta2: fraction.default(0.999).describe('The factor by which the mean of their squares lasts.'),
  epsilon: positive.default(1e-8).describe('What is added to the root of the mean square.'),
};

/** The optimizers, told apart by `name`. */
export const optimizerSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('sgd'),
    ...common(0.01),
    momentum: velocity(0),
    nesterov: z.boolean().default(false).describe('Whether to look ahead along the velocity.'),
  }),
  z.strictObject({ name: z.literal('momentum'), ...common(0.01), momentum: velocity(0.9) }),
  z.strictObject({ name: z.literal('nesterov'), ...common(0.01), momentum: velocity(0.9) }),
  z.strictObject({ name: z.literal('adam'), ...common(0.001), ...moments }),
  z.strictObject({ name: z.literal('adamw'), ...common(0.001, 0.01, 'taken from the weights'), ...moments }),
  z.strictObject({
    name: z.literal('lars'),
    ...common(1, 0, 'added to the gradient of weights of rank 2 and more'),
    momentum: velocity(0.9),
    eta: positive.default(0.001).describe('The trust coefficient.'),
  }),
]);

/** Options of an optimizer. */
export type OptimizerOptions = z.input<typeof optimizerSchema>;

/** An optimizer made from options: a transform, and the schedule of its learning rate. */
export interface Optimizer extends GradientTransform<ChainState> {
  /** The rate of a step, to be handed to `update` (or `takeStep`). */
  readonly schedule: Schedule;
}

/**
 * Makes an optimizer from options, as they stand in an experiment.
 *
 * Order within a step: clipping, coupled weight decay, the rule, decoupled weight decay. A call of `update` without a
 * rate takes the schedule's full one.
 *
 * @param options name, learning rate and what else that optimizer knows
 * @throws InvalidOptionsError for an unknown name or option, or a value out of range
 */
export function createOptimizer(options: OptimizerOptions): Optimizer {
  const valid = validateOptions(optimizerSchema, 'optimizer', options);
  const { clipNorm } = valid;
  const rule = ruleOf(valid);
  const transform = clipNorm === undefined ? rule : chain(clipGlobalNorm({ clipNorm }), rule);
  return { ...transform, schedule: createSchedule(valid.learningRate as LearningRate) };
}

function ruleOf(valid: z.output<typeof optimizerSchema>): GradientTransform<ChainState> {
  const options = { ...valid, learningRate: fullRate(valid.learningRate) };
  switch (options.name) {
    case 'sgd':
      return sgd(options);
    case 'momentum':
      return sgd(options);
    case 'nesterov':
      return sgd({ ...options, nesterov: true });
    case 'adam':
      return adam(options);
    case 'adamw':
      return adamw(options);
    case 'lars':
      return lars(options);
  }
}

function fullRate(rate: z.output<typeof learningRateSchema>): number {
  if (typeof rate === 'number') return rate;
  if ('learningRate' in rate) return rate.learningRate;
  return 'maxLearningRate' in rate ? rate.maxLearningRate : Math.max(...rate.points.map(([, value]) => value));
}
