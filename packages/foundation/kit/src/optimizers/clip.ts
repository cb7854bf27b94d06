import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type GradientTransform, tidyResult } from './transform.js';

/**
 * The l2 norm of several tensors taken together as one vector.
 *
 * @param tensors of any shapes; of none the norm is zero
 */
export function globalNorm(tensors: readonly Tensor[]): Scalar {
  return tf.tidy(() => {
    const squares = tensors.map((tensor) => tf.sum(tf.square(tensor)) as Scalar);
    return tf.sqrt(squares.length === 0 ? tf.scalar(0) : tf.addN(squares));
  });
}

/** Options of {@link clipGlobalNorm}. */
export interface ClipGlobalNormOptions {
  /** The largest norm c that all gradients together may have. */
  readonly clipNorm: number;
}

/**
 * Scales all gradients together so that their norm is at most c: `g·c/max(|g|, c)` (Pascanu et al. 2013; without the
 * 1e-6 that PyTorch adds to the norm).
 *
 * @param options the largest norm
 */
export function clipGlobalNorm(options: ClipGlobalNormOptions): GradientTransform<Record<string, never>> {
  const { clipNorm } = options;
  return {
    init: () => ({}),
    update: (gradients, state) =>
      tidyResult(() => {
        const scale = tf.div(clipNorm, tf.maximum(globalNorm(gradients), clipNorm));
        return { updates: gradients.map((gradient) => tf.mul(gradient, scale)), state };
      }),
  };
}
