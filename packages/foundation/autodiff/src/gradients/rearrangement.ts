import * as tf from '@tensorflow/tfjs-core';
import { gradientOf, gradientOfList, same, sumTo, type GradientDefinition } from './definition.js';
import { size, spread } from './spacing.js';

type Dys = tf.Tensor | tf.Tensor[];

/** The gradients of several outputs as a list; TensorFlow.js passes a lone one bare. */
const listOf = (dys: Dys): tf.Tensor[] => (Array.isArray(dys) ? dys : [dys]);

/** Adds up the copies that tiling made, axis by axis. */
function untile(dy: tf.Tensor, shape: readonly number[], reps: readonly number[]): tf.Tensor {
  return reps.reduce<tf.Tensor>((sum, rep, axis) => {
    if (rep === 1) return sum;
    const before = sum.shape.slice(0, axis);
    const after = sum.shape.slice(axis + 1);
    const length = shape[axis] as number;
    const copies = tf.reshape(sum, [size(before), rep, length * size(after)]);
    return tf.reshape(tf.sum(copies, 1), [...before, length, ...after]);
  }, same(dy));
}

function concatGradient(dy: tf.Tensor, inputs: tf.Tensor[], axis: number) {
  const along = tf.util.parseAxisParam(axis, (inputs[0] as tf.Tensor).shape)[0] as number;
  let end = 0;
  const pieces = inputs.map((input, index) => {
    const begin = new Array<number>(input.rank).fill(0);
    begin[along] = end;
    end += input.shape[along] as number;
    return [index, () => tf.slice(dy, begin, input.shape)] as const;
  });
  return Object.fromEntries(pieces);
}

function packGradient(dy: tf.Tensor, inputs: tf.Tensor[], axis: number) {
  const along = tf.util.parseAxisParam(axis, dy.shape)[0] as number;
  const pieces = inputs.map((input, index) => {
    const begin = new Array<number>(dy.rank).fill(0);
    begin[along] = index;
    const extent = dy.shape.map((length, other) => (other === along ? 1 : length));
    return [index, () => tf.reshape(tf.slice(dy, begin, extent), input.shape)] as const;
  });
  return Object.fromEntries(pieces);
}

function sliceGradient(dy: tf.Tensor, x: tf.Tensor, begin: number | number[], extent: number | number[]): tf.Tensor {
  const first = tf.slice_util.parseSliceParams(x, begin, extent)[0] as number[];
  return tf.pad(
    dy,
    x.shape.map((length, axis) => [
      first[axis] as number,
      length - (first[axis] as number) - (dy.shape[axis] as number),
    ]),
  );
}

/** Attributes of a slice with steps. */
interface StridedSliceAttributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/** Puts each entry of dy back where it was taken from, zeros elsewhere. */
function stridedSliceGradient(dy: tf.Tensor, x: tf.Tensor, a: StridedSliceAttributes): tf.Tensor {
  const masks = [a.beginMask, a.endMask, a.ellipsisMask, a.newAxisMask, a.shrinkAxisMask] as const;
  const { begin, end, strides } = tf.slice_util.sliceInfo(x.shape, a.begin, a.end, a.strides, ...masks);
  const lengths = tf.slice_util.computeOutShape(begin, end, strides);
  return x.shape.reduce<tf.Tensor>(
    (gradient, length, axis) => {
      const stride = strides[axis] as number;
      const count = lengths[axis] as number;
      const last = (begin[axis] as number) + (count - 1) * stride;
      const low = stride > 0 ? (begin[axis] as number) : last;
      const forwards = stride > 0 ? gradient : tf.reverse(gradient, axis);
      const spaced = spread(forwards, axis, Math.abs(stride));
      const after = length - low - (spaced.shape[axis] as number);
      return tf.pad(
        spaced,
        spaced.shape.map((_, other) => (other === axis ? [low, after] : [0, 0])),
      );
    },
    tf.reshape(dy, lengths),
  );
}

/** Gradients of kernels that move entries without changing them. */
export const rearrangementGradients: readonly GradientDefinition[] = [
  gradientOf('Reshape', ['x'], (dy, [x]) => ({ x: () => tf.reshape(dy, (x as tf.Tensor).shape) })),
  gradientOf('ExpandDims', ['input'], (dy, [input]) => ({ input: () => tf.reshape(dy, (input as tf.Tensor).shape) })),
  gradientOf<{ perm: number[] }>('Transpose', [], (dy, _, { perm }) => ({
    x: () =>
      tf.transpose(
        dy,
        perm.map((__, axis) => perm.indexOf(axis)),
      ),
  })),
  gradientOf<{ dims: number | number[] }>('Reverse', [], (dy, _, { dims }) => ({ x: () => tf.reverse(dy, dims) })),
  gradientOf<{ reps: number[] }>('Tile', ['x'], (dy, [x], { reps }) => ({
    x: () => untile(dy, (x as tf.Tensor).shape, reps),
  })),
  gradientOf('BroadcastTo', ['x'], (dy, [x]) => ({ x: () => sumTo(dy, (x as tf.Tensor).shape) })),
  gradientOfList<{ axis: number }>('Concat', (dy, inputs, { axis }) => concatGradient(dy, inputs, axis)),
  gradientOfList<{ axis: number }>('Pack', (dy, inputs, { axis }) => packGradient(dy, inputs, axis)),
  gradientOf<{ axis: number }>('Unpack', [], (dys, _, { axis }) => ({ value: () => tf.stack(listOf(dys), axis) })),
  gradientOf<{ axis: number }>('SplitV', [], (dys, _, { axis }) => ({ x: () => tf.concat(listOf(dys), axis) })),
  gradientOf<{ begin: number | number[]; size: number | number[] }>('Slice', ['x'], (dy, [x], attributes) => ({
    x: () => sliceGradient(dy, x as tf.Tensor, attributes.begin, attributes.size),
  })),
  gradientOf<StridedSliceAttributes>('StridedSlice', ['x'], (dy, [x], attributes) => ({
    x: () => stridedSliceGradient(dy, x as tf.Tensor, attributes),
  })),
  gradientOf<{ paddings: [number, number][] }>('PadV2', ['x'], (dy, [x], { paddings }) => ({
    x: () =>
      tf.slice(
        dy,
        paddings.map(([before]) => before),
        (x as tf.Tensor).shape,
      ),
  })),
];
