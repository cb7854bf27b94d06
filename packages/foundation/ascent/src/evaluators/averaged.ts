import type { Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Evaluator, Look, Place, Slope } from '../loop/contracts.js';

/** A random change of inputs, the same for the same stream: draws with `rng`, forked by label and then by each of `place.streams`. */
export type Transformation = (x: tf.Tensor, rng: Rng, place: Place) => tf.Tensor;

/** How often to draw, and what. */
export interface AveragedOptions {
  /** Number of draws a step. */
  readonly samples: number;
  /** Applied before each evaluation; absent for a model that is random itself. Its gradient counts. */
  readonly transformation?: Transformation | undefined;
  /** The stream, forked by step and draw. */
  readonly rng: Rng;
}

/**
 * Expectation over transformations: means of values and gradients over several draws (Athalye et al. 2018, section 4).
 *
 * The gradients of the values are averaged, not the logits. A sample counts as a success if more than half of the draws say so.
 *
 * @param evaluator what is drawn from
 * @param options how often, and what changes
 */
export function averaged(evaluator: Evaluator, { samples, transformation, rng }: AveragedOptions): Evaluator {
  const draws = <T extends Look>(place: Place, one: (x: tf.Tensor, rng: Rng) => T, x: tf.Tensor): T =>
    tf.tidy(() => {
      const stream = rng.fork('transformation').fork(place.step);
      return meanOf(
        Array.from({ length: samples }, (_, draw) => one(x, stream.fork(draw))),
      ) as unknown as tf.TensorContainer;
    }) as unknown as T;
  const changed = (x: tf.Tensor, stream: Rng, place: Place) => transformation?.(x, stream, place) ?? x;
  return {
    look: (x, place) => draws(place, (at, stream) => evaluator.look(changed(at, stream, place), place), x),
    slope: (x, place) => draws(place, (at, stream) => throughTransformation(evaluator, at, stream, place, changed), x),
  };
}

function throughTransformation(
  evaluator: Evaluator,
  x: tf.Tensor,
  stream: Rng,
  place: Place,
  changed: (x: tf.Tensor, stream: Rng, place: Place) => tf.Tensor,
): Slope {
  const transformed = changed(x, stream, place);
  const slope = evaluator.slope(transformed, place);
  if (transformed === x) return slope;
  const gradients = tf.grad((at: tf.Tensor) => tf.sum(tf.mul(changed(at, stream, place), slope.gradients)))(x);
  return { ...slope, gradients };
}

function meanOf(all: readonly (Look & { gradients?: tf.Tensor })[]): Look & { gradients?: tf.Tensor } {
  const mean = (tensors: tf.Tensor[]) => tf.div(tf.addN(tensors), all.length);
  const votes = mean(all.map(({ success }) => tf.cast(success, 'float32')));
  const gradients = all.flatMap((one) => (one.gradients ? [one.gradients] : []));
  return {
    values: mean(all.map(({ values }) => values)) as tf.Tensor1D,
    success: tf.greater(votes, 0.5) as tf.Tensor1D,
    ...(gradients.length > 0 ? { gradients: mean(gradients) } : {}),
  };
}
