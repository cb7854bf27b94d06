import { logitObjectives, normOption } from '@equipoise/ascent';
import { factory } from '@equipoise/kit';
import { type Attack, defineComponent } from '@equipoise/spec';
import * as z from 'zod';
import { candidatesOption, followBoundaries } from '../candidates.js';
import { findNearest } from '../find-nearest.js';
import { adaptiveNormSteps } from './adaptive-norm-steps.js';

const schema = z.strictObject({
  norm: normOption(['linf', 'l2', 'l1', 'l0']),
  steps: z.int().min(1).default(100).describe('Number of steps.'),
  stepSize: z
    .number()
    .positive()
    .default(1)
    .describe('l2 length of the first gradient step (alpha), in units of the input.'),
  finalStepSize: z.number().positive().default(0.01).describe('Length of the last one; in between half a cosine.'),
  gamma: z
    .number()
    .positive()
    .lt(1)
    .default(0.05)
    .describe('Share by which the radius first shrinks after a success and grows after a failure.'),
  finalGamma: z.number().positive().lt(1).default(0.001).describe('That share at the end; in between half a cosine.'),
  candidates: candidatesOption,
});

/**
 * Fast minimum norm: gradient steps inside a ball whose radius adapts, to the estimate of where the boundary is before the first success, by a falling
 * share γ afterwards (Pintor et al. 2021, algorithm 1). With m the margin by which a sample is misclassified, q the dual norm:
 *
 * - ε ← (1 + γ) max(ε, |δ| + |m| / |∇m|_q) before the first success, (1 + γ) ε after a later failure, min((1 − γ) ε, the best distance) after a success
 * - l0: ε ← max(ε + 1, ⌊(1 + γ) ε⌋), or min(ε − 1, ⌊(1 − γ) ε⌋, the best distance), at least 1; it counts entries, not pixels
 * - δ ← P(δ + α ∇m/|∇m|₂), cut by the box
 *
 * P is the nearest point of the ball, for l1 and l0 of ball and box at once. An objective of the caller's takes the place
 * of m; its boundary should be at zero.
 *
 * Departures: before the first success the paper has ε ← |δ| + |m| / |∇m|_q, which ends just before a boundary that is a plane, and stalls far before it where the box cuts δ. The l1
 * and l0 projections know the box. A sample whose gradient is zero stays where it is. (foolbox 3.3 does not project for l2: it divides a norm by itself.)
 *
 * The defaults come within 0.1 % of the closed form of linear classifiers, with `candidates` where the strongest other class is not the nearest.
 */
export const fmnComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'fmn',
  description: 'Nearest adversarial example in linf, l2, l1 or l0 by the fast minimum norm attack',
  options: schema,
  create: ({ norm, candidates, ...settings }): Attack => ({
    supports: { norms: [norm], targeted: true, gradients: true, stochastic: false },
    threat: { norm },
    doPerturb: (problem, context) =>
      followBoundaries(problem, candidates, logitObjectives.margin, (followed) =>
        findNearest(problem, context, {
          norm,
          ...followed,
          rule: (box) => adaptiveNormSteps({ norm, ...settings }, box),
          steps: settings.steps,
        }),
      ),
  }),
});

/** Options of {@link fmn}. */
export type FmnOptions = z.input<typeof schema>;

/** Makes an FMN attack; see {@link fmnComponent}. */
export const fmn = factory(fmnComponent);
