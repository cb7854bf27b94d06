import {
  distanceIn,
  type Evaluator,
  type Look,
  logitOf,
  type LogitObjective,
  logitObjectives,
  problemEvaluator,
} from '@equipoise/ascent';
import { sampleNorm, tidied } from '@equipoise/kit';
import type { AttackProblem, Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { choose } from '../choose.js';

/** By how much a class is ahead of the label: z_t − z_y. */
const gap: LogitObjective = (logits, labels, targets = labels) =>
  tf.sub(logitOf(logits, targets), logitOf(logits, labels));

/** The boundary between the label and one other class of each sample. */
export function boundaryOf(problem: AttackProblem, aims: tf.Tensor1D): Evaluator {
  return problemEvaluator(problem, { objective: gap, aims });
}

/** The boundary of the problem's target: its logit against the largest other. */
export function boundaryOfTarget(problem: AttackProblem): Evaluator {
  return problemEvaluator(problem, { objective: logitObjectives.margin });
}

/**
 * The boundary that is nearest if all are taken for planes: of the classes t that are not the label that of the smallest
 * `|z_t − z_y| / ‖∇(z_t − z_y)‖`, in the dual norm (Croce and Hein 2020, FAB, equation 6). One backward pass for each class.
 *
 * @param problem what is attacked
 * @param classes number of classes
 * @param dual norm of the gradients
 */
export function nearestBoundary(problem: AttackProblem, classes: number, dual: Norm): Evaluator {
  const ahead = (by: number): LogitObjective => {
    return (logits, labels) =>
      gap(logits, labels, tf.mod(tf.add(labels, by), tf.scalar(classes, 'int32')) as tf.Tensor1D);
  };
  const others = Array.from({ length: classes - 1 }, (_, other) =>
    problemEvaluator(problem, { objective: ahead(other + 1) }),
  );
  return {
    look: (x, place) => (others[0] as Evaluator).look(x, place),
    slope: (x, place) => {
      const [first, ...rest] = others as [Evaluator, ...Evaluator[]];
      const measured = (evaluator: Evaluator) =>
        tidied(() => {
          const slope = evaluator.slope(x, place);
          const steepness = tf.add(sampleNorm(slope.gradients, dual), 1e-12);
          return { ...slope, distance: tf.div(tf.abs(slope.values), steepness) as tf.Tensor1D };
        });
      return rest.reduce((nearest, evaluator) => {
        const next = measured(evaluator);
        const chosen = tidied(() => {
          const isNearer = tf.less(next.distance, nearest.distance);
          return {
            values: choose(isNearer, next.values, nearest.values),
            success: tf.clone(next.success),
            gradients: choose(isNearer, next.gradients, nearest.gradients),
            distance: choose(isNearer, next.distance, nearest.distance),
          };
        });
        tf.dispose([Object.values(next), Object.values(nearest)]);
        return chosen;
      }, measured(first));
    },
  };
}

/**
 * Counts successes within a radius only; the verdict at any distance stays there as `wrong`.
 *
 * @param evaluator what sees
 * @param problem the inputs that distances are measured from
 * @param norm how they are measured
 * @param radius of some rows; absent: any distance counts
 */
export function withinRadius(
  evaluator: Evaluator,
  { x: originals }: AttackProblem,
  norm: Norm,
  radius?: (rows: tf.Tensor1D) => tf.Tensor | number,
): Evaluator {
  return {
    slope: (x, place) => evaluator.slope(x, place),
    look: (x, place) =>
      tidied((): Look & { readonly wrong: tf.Tensor1D } => {
        const seen = evaluator.look(x, place);
        if (!radius) return { ...seen, wrong: tf.clone(seen.success) };
        const distances = distanceIn(norm)(x, tf.gather(originals, place.rows));
        const isInside = tf.lessEqual(distances, radius(place.rows));
        return { ...seen, wrong: seen.success, success: tf.logicalAnd(seen.success, isInside) };
      }),
  };
}
