import type { Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { UtilitySettings } from '../options.js';
import { blurUtility } from './blur.js';
import { finiteUtility } from './finite.js';
import { lossGradientUtility } from './loss-gradient.js';
import { marginUtility } from './margin.js';

/** The utility map that the options ask for, of the shape of `x`; the caller owns it. */
export function utilityMap(model: Model, x: tf.Tensor, labels: tf.Tensor1D, options: UtilitySettings): tf.Tensor {
  return tf.tidy(() => blurUtility(rawUtility(model, x, labels, options), options.blurSize));
}

function rawUtility(model: Model, x: tf.Tensor, labels: tf.Tensor1D, options: UtilitySettings): tf.Tensor {
  switch (options.utility) {
    case 'loss-gradient':
      return lossGradientUtility(model, x, labels);
    case 'margin':
      return marginUtility(model, x, labels);
    case 'finite':
      return finiteUtility(model, x, labels, options.finite);
  }
}
