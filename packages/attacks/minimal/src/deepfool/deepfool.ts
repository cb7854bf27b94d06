import { logitObjectives, normOption, problemEvaluator } from '@equipoise/ascent';
import { factory } from '@equipoise/kit';
import { type Attack, type AttackProblem, defineComponent } from '@equipoise/spec';
import * as z from 'zod';
import { findNearest } from '../find-nearest.js';
import { allBoundaries, oneBoundary } from './boundaries.js';
import { linearisedSteps } from './linearised-steps.js';

const schema = z.strictObject({
  norm: normOption(['l2', 'linf']),
  overshoot: z
    .number()
    .nonnegative()
    .default(0.02)
    .describe('Share by which each step goes beyond the boundary, so that what comes back is as much too far away.'),
  maxSteps: z.int().min(1).default(50).describe('Largest number of linearisations.'),
  candidates: z
    .int()
    .min(1)
    .default(10)
    .describe('Number of classes beside the label, the likeliest of each step, whose boundaries are tried.'),
});

/**
 * DeepFool: goes to the nearest of the linearised boundaries until the sample is across (Moosavi-Dezfooli, Fawzi and Frossard 2016, algorithm 2). With
 * f_k = z_k − z_y and q the dual norm, k the class of the smallest |f_k| / |∇f_k|_q:
 *
 * `r ← r + |f_k| / |∇f_k|_q · d(∇f_k)`, `x ← clip(x₀ + (1 + overshoot) r)`,
 *
 * d(g) = g/|g|₂ for l2, sign(g) for linf. One forward pass and a backward pass for each candidate a step. Aimed, the one boundary is that between the target
 * and the largest other logit; with an objective of the caller's, where that is zero.
 *
 * What comes back is at least `overshoot` farther away than the boundary by its nature: 2 % by default, within 1 % with `overshoot: 0.005`. Departures from
 * foolbox: candidates are the likeliest classes of each step, not of the first. In the first five steps nothing is added to the distance, where foolbox adds 1e-4; after them
 * 1e-4 is added and entries at the side of the box no longer count, without which a sample that the box cuts may come ever nearer to the boundary and not across.
 */
export const deepfoolComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'deepfool',
  description: 'DeepFool in l2 or linf: steps to the nearest linearised boundary',
  options: schema,
  create: ({ norm, overshoot, maxSteps, candidates }): Attack => ({
    supports: { norms: [norm], targeted: true, gradients: true, stochastic: false },
    threat: { norm },
    doPerturb: (problem, context) =>
      findNearest(problem, context, {
        norm,
        evaluator: boundariesOf(problem, candidates),
        rule: (box) => linearisedSteps(norm, overshoot, box),
        steps: maxSteps,
        stopAtSuccess: true,
      }),
  }),
});

/** Options of {@link deepfool}. */
export type DeepfoolOptions = z.input<typeof schema>;

/** Makes a DeepFool attack; see {@link deepfoolComponent}. */
export const deepfool = factory(deepfoolComponent);

function boundariesOf(problem: AttackProblem, candidates: number) {
  if (!problem.targets && !problem.objective) return allBoundaries(problem, candidates);
  return oneBoundary(problemEvaluator(problem, { objective: logitObjectives.margin }));
}
