import type { Evaluator, Look } from '@equipoise/ascent';
import { tidied } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Hides from the loop what is seen before a step: points outside of the region are no successes, and never the best. The rule finds
 * their objective as `raw`.
 *
 * @param evaluator what sees
 * @param firstStep the step from which on points count
 */
export function hiddenUntil(evaluator: Evaluator, firstStep: number): Evaluator {
  if (firstStep === 0) return evaluator;
  const hide = <T extends Look>(seen: T, step: number): T => {
    if (step >= firstStep) return seen;
    const nothing = tf.fill(seen.values.shape, -Infinity);
    const values = tf.where(tf.isNaN(seen.values), seen.values, nothing);
    return { ...seen, raw: seen.values, values, success: tf.zerosLike(seen.success) };
  };
  return {
    look: (x, place) => tidied(() => hide(evaluator.look(x, place), place.step)),
    slope: (x, place) => tidied(() => hide(evaluator.slope(x, place), place.step)),
  };
}
