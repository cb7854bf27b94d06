import { UnsupportedError, type ForwardMode, type Model } from '@equipoise/spec';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/** The logits of a model, or an error that says that there are none. */
export function logitsOf(model: Model, x: Tensor, mode: ForwardMode): Tensor2D {
  const { logits } = model.forward(x, mode);
  if (logits === undefined) throw new UnsupportedError('loss "fcl"', 'logits', 'the model');
  return logits;
}
