import { crossEntropy } from '@equipoise/autodiff';
import type { Loss } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** Mean cross-entropy, for checks of trainers. */
export function toyLoss(): Loss {
  return {
    needs: { labels: true, logits: true, views: 1, gradientOrder: 1 },
    variables: new Map(),
    doCompute({ model, x, labels, mode }) {
      const total = tf.mean(crossEntropy(model.forward(x, mode).logits as tf.Tensor2D, labels)) as tf.Scalar;
      return { total, parts: { crossEntropy: total } };
    },
  };
}
