import { logitObjectives, objectiveOption, type Region, stepDirection, type StepRule } from '@equipoise/ascent';
import { clipToBounds, createSchedule, expandPerSample, factory, sampleNorm } from '@equipoise/kit';
import { type Attack, defineComponent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { reach } from './box.js';
import { candidatesOption, followBoundaries } from './candidates.js';
import { findNearest } from './find-nearest.js';

const schema = z.strictObject({
  steps: z
    .int()
    .min(1)
    .default(100)
    .describe('Number of steps; distances far below `initEps` need more: each changes the radius by `gamma`.'),
  initEps: z.number().positive().default(1).describe('First radius, in units of the input.'),
  gamma: z
    .number()
    .positive()
    .lt(1)
    .default(0.05)
    .describe('Share by which the radius shrinks after a success and grows after a failure.'),
  stepSize: z.number().positive().default(1).describe('Length of the first gradient step, in units of the input.'),
  finalStepSize: z.number().positive().default(0.01).describe('Length of the last one; in between half a cosine.'),
  objective: objectiveOption.default('cross-entropy'),
  candidates: candidatesOption,
});

type DdnSettings = z.output<typeof schema>;
type DdnState = { readonly eps: tf.Tensor1D };

/**
 * Decoupling direction and norm: gradient steps decide where to, a radius that shrinks by γ after each success and grows by γ after each failure
 * decides how far (Rony et al. 2019, algorithm 1):
 *
 * `δ ← δ + α g/|g|₂`, `ε ← (1 ∓ γ) ε`, `x ← clip(x₀ + ε δ/|δ|₂)`.
 *
 * Departures: images are not rounded to 256 levels; a sample whose gradient is zero keeps its direction and is told by a warning, where the authors draw
 * a random one; a sample that is misclassified stays as it is.
 *
 * The gradient of the cross-entropy mixes the ways to all classes, so that by its nature it ends 5 to 50 % beyond the closed form of a linear classifier where other
 * classes are close; with `candidates` (which takes the difference to one logit each) and 200 steps it comes within 1 %.
 */
export const ddnComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'ddn',
  description: 'Nearest adversarial example in l2 by decoupled direction and norm',
  options: schema,
  create: (settings): Attack => ({
    supports: { norms: ['l2'], targeted: true, gradients: true, stochastic: false },
    threat: { norm: 'l2' },
    doPerturb: (problem, context) =>
      followBoundaries(problem, settings.candidates, logitObjectives[settings.objective], (followed) =>
        findNearest(problem, context, {
          norm: 'l2',
          ...followed,
          rule: (box) => decoupledSteps(settings, box),
          steps: settings.steps,
        }),
      ),
  }),
});

/** Options of {@link ddn}. */
export type DdnOptions = z.input<typeof schema>;

/** Makes a DDN attack; see {@link ddnComponent}. */
export const ddn = factory(ddnComponent);

function decoupledSteps({ initEps, gamma, stepSize, finalStepSize }: DdnSettings, box: Region): StepRule<DdnState> {
  const schedule = createSchedule({ schedule: 'cosine', learningRate: stepSize, finalLearningRate: finalStepSize });
  return {
    gradients: true,
    init: (start, original) => tf.tidy(() => ({ eps: positiveOr(sampleNorm(tf.sub(start, original), 'l2'), initEps) })),
    next: ({ x, original, rows, seen, step, steps }, state) =>
      tf.tidy(() => {
        const along = stepDirection(box.masked(seen.gradients as tf.Tensor, rows), 'l2');
        const delta = tf.add(tf.sub(x, original), tf.mul(along, schedule(step, steps)));
        const factor = tf.sub(1 + gamma, tf.mul(2 * gamma, tf.cast(seen.success, 'float32')));
        const eps = tf.minimum(tf.mul(state.eps, factor), reach(box, original, rows, 'l2')) as tf.Tensor1D;
        const length = tf.div(eps, positiveOr(sampleNorm(delta, 'l2'), 1));
        const moved = tf.add(original, tf.mul(delta, expandPerSample(length, x.rank)));
        return { x: clipToBounds(moved, box.options.bounds), state: { eps } };
      }),
  };
}

function positiveOr(sizes: tf.Tensor1D, other: number): tf.Tensor1D {
  return tf.where(tf.greater(sizes, 0), sizes, tf.fill(sizes.shape, other));
}
