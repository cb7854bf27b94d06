import { InvalidOptionsError } from '@equipoise/spec';
import type { backend_util } from '@tensorflow/tfjs-core';

/**
 * How the border is filled with zeros: `valid` not at all, `same` so that the output has `ceil(size / stride)` places,
 * a number that many on every side (as in PyTorch), a pair that many above and below, left and right.
 */
export type Padding = 'same' | 'valid' | number | readonly [vertical: number, horizontal: number];

/** A window that moves over an image. */
export interface Window {
  /** Height and width. */
  readonly size: readonly [height: number, width: number];
  /** Steps down and to the right. */
  readonly stride: readonly [vertical: number, horizontal: number];
  /** Zeros around the image. */
  readonly padding: Padding;
}

/** A number for both axes as a pair. */
export function pair(value: number | readonly [number, number]): [number, number] {
  return typeof value === 'number' ? [value, value] : [value[0], value[1]];
}

/** Places of the window along height and width: `floor((size + 2·padding − window) / stride) + 1`, or `ceil(size / stride)`. */
export function windowPlaces(
  layer: string,
  input: readonly [number, number],
  window: Window,
): [height: number, width: number] {
  const places = ([0, 1] as const).map((axis) => placesAlong(input[axis], window, axis));
  if (places.some((count) => count < 1)) {
    const message = `a window of ${window.size.join('x')} with padding ${String(window.padding)} does not fit into an input of ${input.join('x')}`;
    throw new InvalidOptionsError(`layer "${layer}"`, [{ message }]);
  }
  return places as [number, number];
}

function placesAlong(size: number, window: Window, axis: 0 | 1): number {
  const { padding } = window;
  if (padding === 'same') return Math.ceil(size / window.stride[axis]);
  const zeros = padding === 'valid' ? 0 : 2 * pair(padding)[axis];
  return Math.floor((size + zeros - window.size[axis]) / window.stride[axis]) + 1;
}

/**
 * The padding in TensorFlow.js's form. Numbers go in the explicit form: with a bare number TensorFlow.js takes window and
 * stride to be square.
 */
export function tensorflowPadding(padding: Padding): 'same' | 'valid' | backend_util.ExplicitPadding {
  if (typeof padding === 'string') return padding;
  const [vertical, horizontal] = pair(padding);
  return [
    [0, 0],
    [vertical, vertical],
    [horizontal, horizontal],
    [0, 0],
  ];
}
