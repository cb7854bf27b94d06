import { ShapeError } from '@equipoise/spec';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Throws a `ShapeError` unless `x` is `[batch, ...inputShape]`. */
export function requireInput(x: Tensor, inputShape: readonly number[]): void {
  const fits = x.rank === inputShape.length + 1 && inputShape.every((length, axis) => x.shape[axis + 1] === length);
  if (!fits) throw new ShapeError('Input of the model', [null, ...inputShape], x.shape);
}
