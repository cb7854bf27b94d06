import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedError } from '@equipoise/spec';
import { gradientOf, type GradientDefinition } from './definition.js';

/** The inverse of `depthToSpace` for NHWC: blocks of pixels become channels. */
function spaceToDepth(x: tf.Tensor, block: number): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const split = tf.reshape(x, [batch, height / block, block, width / block, block * channels]);
  return tf.reshape(tf.transpose(split, [0, 1, 3, 2, 4]), [
    batch,
    height / block,
    width / block,
    block * block * channels,
  ]);
}

/** Gradients of moving blocks between space, depth and batch. */
export const blockGradients: readonly GradientDefinition[] = [
  gradientOf<{ blockSize: number; dataFormat: string }>('DepthToSpace', [], (dy, _, { blockSize, dataFormat }) => ({
    x: () => {
      if (dataFormat !== 'NHWC')
        throw new UnsupportedError('the gradient of depthToSpace', 'data format NHWC', `data format ${dataFormat}`);
      return spaceToDepth(dy, blockSize);
    },
  })),
  gradientOf<{ blockShape: number[]; paddings: number[][] }>(
    'SpaceToBatchND',
    [],
    (dy, _, { blockShape, paddings }) => ({
      x: () => tf.batchToSpaceND(dy, blockShape, paddings),
    }),
  ),
  gradientOf<{ blockShape: number[]; crops: number[][] }>('BatchToSpaceND', [], (dy, _, { blockShape, crops }) => ({
    x: () => tf.spaceToBatchND(dy, blockShape, crops),
  })),
];
