import { expandPerSample } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';

/** Sample by sample the one or the other: `isFirst` is `[batch]`, bool. */
export function choose<T extends tf.Tensor>(isFirst: tf.Tensor, first: T, second: T): T {
  return tf.tidy(() => {
    const condition = tf.broadcastTo(expandPerSample(isFirst, second.rank), second.shape);
    return tf.where(condition, first, second) as T;
  });
}
