import * as tf from '@tensorflow/tfjs-core';
import { gradientOf, same, type GradientDefinition } from './definition.js';
import { size } from './spacing.js';

/** Attributes of mirror padding. */
interface MirrorPadAttributes {
  readonly paddings: [number, number][];
  readonly mode: 'reflect' | 'symmetric';
}

/** Folds the mirrored borders of one axis back onto the entries that they mirror. */
function fold(dy: tf.Tensor, axis: number, [before, after]: [number, number], edge: 0 | 1): tf.Tensor {
  if (before + after === 0) return dy;
  const long = dy.shape[axis] as number;
  const length = long - before - after;
  const outer = dy.shape.slice(0, axis);
  const inner = dy.shape.slice(axis + 1);
  const flat = tf.reshape(dy, [size(outer), long, size(inner)]);
  const part = (begin: number, count: number) => tf.slice(flat, [0, begin, 0], [size(outer), count, size(inner)]);
  const put = (border: tf.Tensor, begin: number, count: number) =>
    tf.pad(tf.reverse(border, 1), [
      [0, 0],
      [begin, length - begin - count],
      [0, 0],
    ]);
  let sum: tf.Tensor = part(before, length);
  if (before > 0) sum = tf.add(sum, put(part(0, before), edge, before));
  if (after > 0) sum = tf.add(sum, put(part(before + length, after), length - edge - after, after));
  return tf.reshape(sum, [...outer, length, ...inner]);
}

/** Gradient of mirror padding. */
export const mirroringGradients: readonly GradientDefinition[] = [
  gradientOf<MirrorPadAttributes>('MirrorPad', [], (dy, _, { paddings, mode }) => ({
    x: () =>
      paddings.reduce((gradient, sides, axis) => fold(gradient, axis, sides, mode === 'reflect' ? 1 : 0), same(dy)),
  })),
];
