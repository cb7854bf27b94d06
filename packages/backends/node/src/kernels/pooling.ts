import { optionalKernels } from '@equipoise/autodiff';
import * as tf from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../binding/types.js';
import {
  type Attributes,
  execute,
  executeAll,
  extend,
  extensionOf,
  free,
  nodeKernel,
  type TensorInfo,
} from './kernel.js';
import { windowsOf } from './windows.js';

/** Attributes of two-dimensional pools. */
interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Information = tf.backend_util.Conv2DInfo;

function information(shape: readonly number[], attributes: PoolAttributes): Information {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const image = shape as [number, number, number, number];
  return tf.backend_util.computePool2DInfo(image, filterSize, strides, 1, pad, dimRoundingMode);
}

/** TensorFlow's attributes of a pool; `padding` is VALID for a pool whose image was padded beforehand. */
function attributesOf(info: Information): Attributes {
  return {
    integers: {
      ksize: [1, info.filterHeight, info.filterWidth, 1],
      strides: [1, info.strideHeight, info.strideWidth, 1],
    },
    texts: { padding: info.padInfo.type === 'SAME' ? 'SAME' : 'VALID', data_format: 'NHWC' },
  };
}

/** How many pixels must be put around the image so that the windows fit; none where TensorFlow does it. */
function paddingsOf(info: Information): number[] | undefined {
  const { padInfo, outHeight, outWidth, strideHeight, strideWidth, filterHeight, filterWidth, inHeight, inWidth } =
    info;
  if (padInfo.type === 'SAME' || padInfo.type === 'VALID') return undefined;
  const after = (outputs: number, stride: number, filter: number, before: number, length: number) =>
    Math.max(0, (outputs - 1) * stride + filter - before - length);
  const bottom = after(outHeight, strideHeight, filterHeight, padInfo.top, inHeight);
  const right = after(outWidth, strideWidth, filterWidth, padInfo.left, inWidth);
  return [0, 0, padInfo.top, bottom, padInfo.left, right, 0, 0];
}

/** Runs something on the image with `value` around it where the padding is in numbers. */
function withPadding<T>(
  backend: TensorflowBackend,
  info: Information,
  x: TensorInfo,
  value: number,
  use: (padded: TensorInfo) => T,
): T {
  const paddings = paddingsOf(info);
  if (paddings === undefined) return use(x);
  const padded = execute(backend, 'PadV2', [x, { integers: paddings, shape: [4, 2] }, { float: value }]);
  const result = use(padded);
  free(backend, padded);
  return result;
}

/** The part of a padded image's gradient that belongs to the image. */
function withoutPadding(
  backend: TensorflowBackend,
  info: Information,
  dx: TensorInfo,
  shape: readonly number[],
): TensorInfo {
  const paddings = paddingsOf(info);
  if (paddings === undefined) return dx;
  const inner = execute(backend, 'Slice', [dx, [0, paddings[2] as number, paddings[4] as number, 0], shape]);
  free(backend, dx);
  return inner;
}

interface Image {
  readonly x: TensorInfo;
}
interface Gradient {
  readonly dy: TensorInfo;
  readonly input: TensorInfo;
}

const lowest = -3.4028234663852886e38;

/** The largest value of each window; padding in numbers too. */
const maxPool = nodeKernel<Image, PoolAttributes>('MaxPool', ({ inputs: { x }, attributes, backend }) => {
  const info = information(x.shape, attributes);
  const extension = extensionOf(backend);
  if (extension !== undefined && x.dtype === 'float32')
    return extend(backend, [x], info.outShape, (...ids) => extension.maxPool(ids[0]!, ...windowsOf(info)));
  return withPadding(backend, info, x, lowest, (padded) => execute(backend, 'MaxPool', [padded], attributesOf(info)));
});

/** Puts each entry of `dy` at the place of its window's first maximum of x. */
function scatter(backend: TensorflowBackend, dy: TensorInfo, x: TensorInfo, attributes: PoolAttributes): TensorInfo {
  const info = information(x.shape, attributes);
  const extension = extensionOf(backend);
  if (extension !== undefined)
    return extend(backend, [dy, x], x.shape, (...ids) =>
      extension.scatterToMaxima(ids[0]!, ids[1]!, ...windowsOf(info)),
    );
  return withPadding(backend, info, x, lowest, (padded) => {
    const pool = attributesOf(info);
    const output = execute(backend, 'MaxPool', [padded], pool);
    const dx = execute(backend, 'MaxPoolGrad', [padded, output, dy], pool);
    free(backend, output);
    return withoutPadding(backend, info, dx, x.shape);
  });
}

const maxPoolGrad = nodeKernel<Gradient, PoolAttributes>(
  'MaxPoolGrad',
  ({ inputs: { dy, input }, attributes, backend }) => scatter(backend, dy, input, attributes),
);

/** As `MaxPoolGrad`, without asking for the pooled image, which is not needed. */
const maxPoolScatter = nodeKernel<Image & { readonly dy: TensorInfo }, PoolAttributes>(
  optionalKernels.maxPoolScatter,
  ({ inputs: { dy, x }, attributes, backend }) => scatter(backend, dy, x, attributes),
);

/** Takes `u` at the place of each window's first maximum of x. */
const maxPoolGather = nodeKernel<{ readonly x: TensorInfo; readonly u: TensorInfo }, PoolAttributes>(
  optionalKernels.maxPoolGather,
  ({ inputs: { x, u }, attributes, backend }) => {
    const info = information(x.shape, attributes);
    const extension = extensionOf(backend);
    if (extension !== undefined)
      return extend(backend, [u, x], info.outShape, (...ids) =>
        extension.gatherFromMaxima(ids[0]!, ids[1]!, ...windowsOf(info)),
      );
    return withPadding(backend, info, x, lowest, (padded) =>
      withPadding(backend, info, u, 0, (values) => {
        const pool = attributesOf(info);
        const output = execute(backend, 'MaxPool', [padded], pool);
        const taken = execute(backend, 'MaxPoolGradGrad', [padded, output, values], pool);
        free(backend, output);
        return taken;
      }),
    );
  },
);

/** The maximum of each window and its place in the image (or in the whole batch), the first where several are equal. */
const maxPoolWithArgmax = nodeKernel<Image, PoolAttributes & { readonly includeBatchInIndex: boolean }>(
  'MaxPoolWithArgmax',
  ({ inputs: { x }, attributes, backend }) => {
    const { integers, texts } = attributesOf(information(x.shape, attributes));
    const outputs = executeAll(
      backend,
      'MaxPoolWithArgmax',
      [x],
      {
        integers: integers as Record<string, number[]>,
        texts: { padding: texts?.['padding'] as string },
        types: { Targmax: 'int32' },
        flags: { include_batch_in_index: attributes.includeBatchInIndex },
      },
      2,
    );
    return outputs;
  },
);

/** Means of windows; pixels outside the image do not count, where the padding is in numbers neither. */
const avgPool = nodeKernel<Image, PoolAttributes>('AvgPool', ({ inputs: { x }, attributes, backend }) => {
  const info = information(x.shape, attributes);
  const pool = attributesOf(info);
  if (paddingsOf(info) === undefined) return execute(backend, 'AvgPool', [x], pool);
  const means = withPadding(backend, info, x, 0, (padded) => execute(backend, 'AvgPool', [padded], pool));
  const inside = execute(backend, 'Fill', [[1, ...x.shape.slice(1, 3), 1], { float: 1 }]);
  const shares = withPadding(backend, info, inside, 0, (padded) => execute(backend, 'AvgPool', [padded], pool));
  const out = execute(backend, 'RealDiv', [means, shares]);
  free(backend, means, inside, shares);
  return out;
});

/** Pools and their gradients. */
export const poolingKernels: readonly tf.KernelConfig[] = [
  avgPool,
  maxPool,
  maxPoolGrad,
  maxPoolGather,
  maxPoolScatter,
  maxPoolWithArgmax,
];
