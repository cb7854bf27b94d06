import { type Evaluator, logitObjectives } from '@equipoise/ascent';
import { factory, tidied } from '@equipoise/kit';
import { type Attack, defineComponent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { candidatesOption, followBoundaries } from '../candidates.js';
import { findNearest } from '../find-nearest.js';
import { constantSearch } from './constant-search.js';

const schema = z.strictObject({
  searchSteps: z.int().min(1).default(9).describe('Number of values of c that are tried.'),
  steps: z.int().min(1).default(1000).describe('Largest number of steps of Adam for each c.'),
  stepSize: z
    .number()
    .positive()
    .default(0.01)
    .describe('Learning rate of Adam, in the space of the hyperbolic tangent.'),
  finalStepSize: z
    .number()
    .positive()
    .optional()
    .describe(
      'Learning rate at the last step with each c, reached along half a cosine; absent: `stepSize` throughout.',
    ),
  initialConst: z.number().positive().default(1e-3).describe('First c, the weight of misclassification.'),
  confidence: z
    .number()
    .nonnegative()
    .default(0)
    .describe('Margin between the logits (kappa) that a success has to have.'),
  abortEarly: z
    .boolean()
    .default(true)
    .describe('Goes on to the next c when a tenth of the steps did not lower the loss of a sample.'),
  candidates: candidatesOption,
});

/**
 * Carlini and Wagner's attack in l2 (2017, section VI, objective f₆): Adam minimises
 *
 * `|x − x₀|₂² + c · max(κ − m(x), 0)`, `x = (low + high)/2 + (high − low)/2 · tanh(w)`
 *
 * with m the margin by which a sample is misclassified, other classes than the label compared by their logits alone; c grows tenfold until there is a success
 * and is then halved between the largest failing and the smallest succeeding one. An objective of the caller's takes the place of m.
 *
 * Departures from the authors' code:
 *
 * - each sample goes on to its next c by itself, so that nothing depends on the batch, and finished samples leave it
 * - a c is large enough if there is a success in the last tenth of its steps: Adam's first step is as long for every c, and where the boundary is nearer than that it
 *   crosses by accident, so that the search would end far below the c that is needed
 * - x is moved by the change of the hyperbolic tangent, so that an unmoved value is exactly as it was although w₀ stays within ±3.8, from where values at
 *   the sides of the box can move
 * - the input itself counts as tried
 *
 * On linear classifiers the defaults come within 1 % of the closed form, with `candidates` where the strongest other class is not the nearest; with
 * `steps: 100, finalStepSize: 1e-4, searchSteps: 6, abortEarly: false` within 0.1 %.
 */
export const carliniWagnerComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'carlini-wagner',
  description: 'Nearest adversarial example in l2 by Carlini and Wagner, with a search over c',
  options: schema,
  create: (settings): Attack => ({
    supports: { norms: ['l2'], targeted: true, gradients: true, stochastic: false },
    threat: { norm: 'l2' },
    doPerturb: (problem, context) =>
      followBoundaries(problem, settings.candidates, logitObjectives.margin, ({ evaluator, copies }) =>
        findNearest(problem, context, {
          norm: 'l2',
          evaluator: confident(evaluator, settings.confidence),
          copies,
          rule: (box) => constantSearch(settings, box),
          steps: settings.searchSteps * (settings.steps + 1),
        }),
      ),
  }),
});

/** Options of {@link carliniWagner}. */
export type CarliniWagnerOptions = z.input<typeof schema>;

/** Makes a Carlini-Wagner attack; see {@link carliniWagnerComponent}. */
export const carliniWagner = factory(carliniWagnerComponent);

/** A success needs the margin, but for inputs that are misclassified as they are. */
function confident(evaluator: Evaluator, confidence: number): Evaluator {
  if (confidence === 0) return evaluator;
  const demand = <T extends { success: tf.Tensor1D; values: tf.Tensor1D }>(seen: T, step: number): T => {
    const isConfident = tf.greaterEqual(seen.values, confidence);
    return { ...seen, success: step === 0 ? seen.success : tf.logicalAnd(seen.success, isConfident) };
  };
  return {
    look: (x, place) => tidied(() => demand(evaluator.look(x, place), place.step)),
    slope: (x, place) => tidied(() => demand(evaluator.slope(x, place), place.step)),
  };
}
