import { expandPerSample, sampleNormals } from '@equipoise/kit';
import type { Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Evaluator, Place } from '../loop/contracts.js';

/** How gradients are estimated. */
export interface EstimatedOptions {
  /** Number of directions; each costs two forward passes. */
  readonly samples: number;
  /** Length of the steps along a direction, in units of the input. */
  readonly sigma: number;
  /** The stream, forked by step and direction. */
  readonly rng: Rng;
}

/**
 * Gradients from values alone, by natural evolution strategies: `1/(2nσ) Σᵢ (f(x + σuᵢ) − f(x − σuᵢ)) uᵢ`, uᵢ ~ N(0, I), in antithetic
 * pairs (Ilyas, Engstrom, Athalye and Lin 2018, algorithm 1). The inputs of the queries are not clipped to the box.
 *
 * @param evaluator gives the values; its gradients are not used
 * @param options how many directions, how long
 */
export function estimated(evaluator: Evaluator, { samples, sigma, rng }: EstimatedOptions): Evaluator {
  const look = (x: tf.Tensor, place: Place) => evaluator.look(x, place);
  return {
    look,
    slope: (x, place) =>
      tf.tidy(() => {
        const stream = rng.fork('direction').fork(place.step);
        let gradients: tf.Tensor = tf.zerosLike(x);
        for (let sample = 0; sample < samples; sample++) {
          gradients = tf.tidy(() => {
            const u = sampleNormals(stream, sample, place.streams, x.shape.slice(1));
            const rise = tf.sub(
              look(tf.add(x, tf.mul(u, sigma)), place).values,
              look(tf.sub(x, tf.mul(u, sigma)), place).values,
            );
            return tf.add(gradients, tf.mul(u, expandPerSample(tf.div(rise, 2 * samples * sigma), x.rank)));
          });
        }
        return { ...look(x, place), gradients };
      }),
  };
}
