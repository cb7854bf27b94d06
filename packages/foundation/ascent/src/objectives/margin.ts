import { stopGradient } from '@equipoise/autodiff';
import { oneHotLabels } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';

/** Larger than any logit that float32 can tell apart from it, yet finite where float16 is used. */
const FAR_BELOW = -1e4;

/** The logit of a class of each sample, `[batch]`. Differentiable. */
export function logitOf(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  return tf.sum(tf.mul(logits, oneHotLabels(labels, logits.shape[1])), 1) as tf.Tensor1D;
}

/**
 * The class with the largest logit among those that are not the label, `[batch]`, int32.
 *
 * The label's own logit is moved below all others, never set to zero: with negative logits zero would win.
 */
export function strongestOther(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  return tf.tidy(() => {
    const constant = stopGradient(logits);
    const lowest = tf.min(constant, 1, true);
    const without = tf.where(
      tf.cast(oneHotLabels(labels, logits.shape[1]), 'bool'),
      tf.broadcastTo(tf.add(lowest, FAR_BELOW), logits.shape),
      constant,
    );
    return tf.argMax(without, 1) as tf.Tensor1D;
  });
}

/**
 * The margin by which a sample is misclassified, `max_{i≠y} z_i − z_y`: positive if its class is wrong.
 *
 * @param logits z, `[batch, classes]`
 * @param labels y, `[batch]`, int32
 * @returns `[batch]`, differentiable in the logits
 */
export function margin(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  return tf.tidy(() => tf.sub(logitOf(logits, strongestOther(logits, labels)), logitOf(logits, labels)) as tf.Tensor1D);
}
