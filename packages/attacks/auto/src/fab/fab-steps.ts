import type { Look, Region, StepRule } from '@equipoise/ascent';
import { clipToBounds, expandPerSample, flattenSamples, sampleNorm, tidied } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import { choose } from '../choose.js';
import type { FabSettings } from '../options.js';
import { nearestOnPlane, type Plane } from './nearest-on-plane.js';

/** Keeps the weights of two moves defined where both are nothing. */
const SHORTEST = 1e-8;

/**
 * FAB's step (Croce and Hein 2020, FAB, algorithm 1): a success goes back to `x₀ + beta (x − x₀)`; there the boundary is taken for a
 * plane, and `x ← (1 − α)(x + eta d) + α (x₀ + eta d₀)`, d and d₀ the shortest moves to the plane from x and from the input x₀, and
 * `α = min(‖d‖ / (‖d‖ + ‖d₀‖), alphaMax)`.
 *
 * The evaluator's `slope` gives the value of the plane and its normal; its `look` also says `wrong`, the verdict at any distance.
 *
 * @param settings the constants
 * @param region box and mask; its radius is not used
 */
export function fabSteps({ norm, alphaMax, eta, beta }: FabSettings, region: Region): StepRule {
  const { bounds } = region.options;
  return {
    gradients: false,
    init: () => ({}),
    next: (point, state, evaluator) => {
      const x = tidied(() => {
        const { original, rows } = point;
        const { wrong } = point.seen as Look & { readonly wrong: tf.Tensor1D };
        const from = choose(wrong, backwards(point.x, original, beta), point.x);
        const { values, gradients } = evaluator.slope(from, point);
        const normal = region.masked(gradients, rows);
        const across = tf.sum(flattenSamples(tf.mul(normal, tf.sub(original, from))), 1);
        const plane: Plane = {
          point: tf.concat([from, original]),
          normal: tf.concat([normal, normal]),
          value: tf.concat([values, tf.add(values, across)]),
        };
        const [move, fromInput] = tf.split(nearestOnPlane(plane, norm, bounds), 2) as [tf.Tensor, tf.Tensor];
        const alpha = expandPerSample(weightOfInput(move, fromInput), from.rank);
        const own = tf.add(from, tf.mul(move, eta));
        const direct = tf.add(original, tf.mul(fromInput, eta));
        return clipToBounds(tf.add(own, tf.mul(alpha, tf.sub(direct, own))), bounds);
      });
      return { x, state };
    },
  };

  function weightOfInput(move: tf.Tensor, fromInput: tf.Tensor): tf.Tensor {
    const [own, direct] = [move, fromInput].map((one) => tf.maximum(sampleNorm(one, norm), SHORTEST));
    return tf.minimum(tf.div(own as tf.Tensor, tf.add(own as tf.Tensor, direct as tf.Tensor)), alphaMax);
  }
}

function backwards(x: tf.Tensor, original: tf.Tensor, beta: number): tf.Tensor {
  return tf.add(original, tf.mul(beta, tf.sub(x, original)));
}
