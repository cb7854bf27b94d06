import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedError } from '@equipoise/spec';
import { gradientOf, type GradientDefinition } from './definition.js';

/** Attributes of resizing. */
interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
  readonly size: [number, number];
}

/** Where output `index` looks in the input: (i + ½) old/new − ½, or i (old − 1)/(new − 1), or i old/new. */
function source(
  index: number,
  before: number,
  after: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): number {
  if (alignCorners && after > 1) return (index * (before - 1)) / (after - 1);
  return halfPixelCenters ? ((index + 0.5) * before) / after - 0.5 : (index * before) / after;
}

/** How much of each output an input gets, `[before, after]`: the transposed matrix of bilinear interpolation along an axis. */
function bilinearMatrix(before: number, after: number, attributes: ResizeAttributes): tf.Tensor2D {
  const matrix = new Float32Array(before * after);
  for (let output = 0; output < after; output++) {
    const place = Math.min(Math.max(source(output, before, after, attributes), 0), before - 1);
    const low = Math.floor(place);
    const high = Math.min(low + 1, before - 1);
    matrix[low * after + output] = (matrix[low * after + output] as number) + 1 - (place - low);
    matrix[high * after + output] = (matrix[high * after + output] as number) + place - low;
  }
  return tf.tensor2d(matrix, [before, after]);
}

/** The same for the nearest neighbour. */
function nearestMatrix(before: number, after: number, attributes: ResizeAttributes): tf.Tensor2D {
  if (attributes.halfPixelCenters) {
    throw new UnsupportedError(
      'the gradient of resizeNearestNeighbor',
      'halfPixelCenters: false',
      'the cpu backend (which ignores the option)',
    );
  }
  const matrix = new Float32Array(before * after);
  for (let output = 0; output < after; output++) {
    const place = source(output, before, after, attributes);
    const nearest = Math.min(before - 1, attributes.alignCorners ? Math.round(place) : Math.floor(place));
    matrix[nearest * after + output] = 1;
  }
  return tf.tensor2d(matrix, [before, after]);
}

type AxisMatrix = (before: number, after: number, attributes: ResizeAttributes) => tf.Tensor2D;

/** Resizing is a matrix for the rows times the image times a matrix for the columns; so is its gradient. */
function resizeGradient(dy: tf.Tensor, images: tf.Tensor, attributes: ResizeAttributes, matrix: AxisMatrix): tf.Tensor {
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  const [, newHeight, newWidth] = dy.shape as [number, number, number, number];
  const rows = tf.reshape(matrix(height, newHeight, attributes), [1, height, newHeight]);
  const columns = tf.reshape(matrix(width, newWidth, attributes), [1, width, newWidth]);
  const byRows = tf.matMul(rows, tf.reshape(dy, [batch, newHeight, newWidth * channels]));
  return tf.reshape(tf.matMul(columns, tf.reshape(byRows, [batch * height, newWidth, channels])), images.shape);
}

function resize(kernelName: string, matrix: AxisMatrix): GradientDefinition {
  return gradientOf<ResizeAttributes>(kernelName, ['images'], (dy, [images], attributes) => ({
    images: () => resizeGradient(dy, images as tf.Tensor, attributes, matrix),
  }));
}

/** Gradients of resizing images. */
export const resizingGradients: readonly GradientDefinition[] = [
  resize('ResizeBilinear', bilinearMatrix),
  resize('ResizeNearestNeighbor', nearestMatrix),
];
