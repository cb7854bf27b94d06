import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedError } from '@equipoise/spec';
import { stopGradient } from '../functions/stop-gradient.js';
import { gradientOf, keepWhere, zerosOf, type GradientDefinition } from './definition.js';
import { size } from './spacing.js';

/** Adds the rows of `values` `[ids, width]` up by id into `[count, width]`. */
function sumById(values: tf.Tensor, ids: tf.Tensor, count: number): tf.Tensor {
  return tf.unsortedSegmentSum(values, tf.cast(ids, 'int32') as tf.Tensor1D, count);
}

/** Adds the gathered gradients up at the places that they were gathered from. */
function gatherGradient(dy: tf.Tensor, x: tf.Tensor, indices: tf.Tensor, axis: number, batchDims: number): tf.Tensor {
  const along = tf.util.parseAxisParam(axis, x.shape)[0] as number;
  const outer = x.shape.slice(0, along);
  const inner = x.shape.slice(along + 1);
  const length = x.shape[along] as number;
  if (batchDims > 0) return batchedGatherGradient(dy, x, indices, along, batchDims);
  const ids = tf.reshape(indices, [indices.size]);
  if (along === 0) return tf.reshape(sumById(tf.reshape(dy, [ids.size, size(inner)]), ids, length), x.shape);
  const moved = tf.transpose(tf.reshape(dy, [size(outer), ids.size, size(inner)]), [1, 0, 2]);
  const sums = sumById(tf.reshape(moved, [ids.size, size(outer) * size(inner)]), ids, length);
  return tf.reshape(tf.transpose(tf.reshape(sums, [length, size(outer), size(inner)]), [1, 0, 2]), x.shape);
}

function batchedGatherGradient(
  dy: tf.Tensor,
  x: tf.Tensor,
  indices: tf.Tensor,
  along: number,
  batchDims: number,
): tf.Tensor {
  if (along !== batchDims)
    throw new UnsupportedError(
      'the gradient of gather',
      'an axis right after the batch axes',
      `axis ${along} with ${batchDims}`,
    );
  const batches = size(x.shape.slice(0, batchDims));
  const length = x.shape[along] as number;
  const width = size(x.shape.slice(along + 1));
  const offsets = tf.reshape(tf.range(0, batches * length, length, 'int32'), [batches, 1]);
  const ids = tf.reshape(tf.add(tf.reshape(indices, [batches, indices.size / batches]), offsets), [indices.size]);
  return tf.reshape(sumById(tf.reshape(dy, [indices.size, width]), ids, batches * length), x.shape);
}

/** Puts the gradients of the k largest entries of each row back at their places. */
function topkGradient(dy: tf.Tensor, x: tf.Tensor, k: number): tf.Tensor {
  const length = x.shape.at(-1) as number;
  const rows = x.size / length;
  const { indices } = tf.topk(stopGradient(x), k);
  const offsets = tf.reshape(tf.range(0, rows * length, length, 'int32'), [rows, 1]);
  const ids = tf.reshape(tf.add(tf.reshape(indices, [rows, k]), offsets), [rows * k]);
  return tf.reshape(sumById(tf.reshape(dy, [rows * k, 1]), ids, rows * length), x.shape);
}

/** Takes each segment's gradient; ids below zero belong to none. */
function segmentGradient(dy: tf.Tensor, segmentIds: tf.Tensor): tf.Tensor {
  const taken = tf.gather(dy, tf.maximum(segmentIds, tf.zerosLike(segmentIds)));
  const belongs = tf.greaterEqual(segmentIds, tf.scalar(0, 'int32'));
  return keepWhere(tf.reshape(belongs, [segmentIds.size, ...new Array<number>(taken.rank - 1).fill(1)]), taken);
}

/** Gradients of picking and placing by index; indices are constants. */
export const indexingGradients: readonly GradientDefinition[] = [
  gradientOf<{ axis: number; batchDims: number }>('GatherV2', ['x', 'indices'], (dy, saved, { axis, batchDims }) => {
    const [x, indices] = saved as [tf.Tensor, tf.Tensor];
    return { x: () => gatherGradient(dy, x, indices, axis, batchDims), indices: () => zerosOf(indices) };
  }),
  gradientOf('GatherNd', ['params', 'indices'], (dy, saved) => {
    const [params, indices] = saved as [tf.Tensor, tf.Tensor];
    return { params: () => tf.scatterND(indices, dy, params.shape), indices: () => zerosOf(indices) };
  }),
  gradientOf('ScatterNd', ['indices'], (dy, [indices]) => ({
    updates: () => tf.gatherND(dy, indices as tf.Tensor),
    indices: () => zerosOf(indices as tf.Tensor),
  })),
  gradientOf<{ k: number }>('TopK', ['x'], (dys, [x], { k }) => ({
    x: () => topkGradient((dys as unknown as tf.Tensor[])[0] as tf.Tensor, x as tf.Tensor, k),
  })),
  gradientOf('UnsortedSegmentSum', ['segmentIds'], (dy, [segmentIds]) => ({
    x: () => segmentGradient(dy, segmentIds as tf.Tensor),
    segmentIds: () => zerosOf(segmentIds as tf.Tensor),
  })),
];
