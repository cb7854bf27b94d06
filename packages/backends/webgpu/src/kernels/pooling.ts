import { optionalKernels } from '@equipoise/autodiff';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { free, type TensorInfo, webgpuKernel } from './kernel.js';
import { runPixelwise } from './program.js';

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type PoolInfo = ReturnType<typeof tf.backend_util.computePool2DInfo>;

function poolInfo({ shape }: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: PoolAttributes): PoolInfo {
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

const uniforms = 'window : vec2<i32>, stride : vec2<i32>, before : vec2<i32>, inner : vec2<i32>,';

/** The values of {@link uniforms}; `inner` is the size that coordinates other than the output's must stay in. */
function uniformValues(info: PoolInfo, inner: readonly [number, number]) {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const pairs = [[filterHeight, filterWidth], [strideHeight, strideWidth], [padInfo.top, padInfo.left], inner];
  return pairs.map((data) => ({ type: 'int32', data: [...data] }));
}

/** For each output pixel the place of its window's first maximum, as the index `row · width + column` in the image. */
function firstMaxima(backend: WebGPUBackend, x: TensorInfo, info: PoolInfo): TensorInfo {
  const program = {
    name: 'firstMaxima',
    inputs: ['X'],
    outputType: 'int32' as const,
    uniforms,
    code: `
      let start = coords.yz * uniforms.stride - uniforms.before;
      var largest = 0.0;
      var place = -1;
      for (var row = max(start.x, 0); row < min(start.x + uniforms.window.x, uniforms.inner.x); row++) {
        for (var column = max(start.y, 0); column < min(start.y + uniforms.window.y, uniforms.inner.y); column++) {
          let value = getX(coords.x, row, column, coords.w);
          if (place < 0 || value > largest) {
            largest = value;
            place = row * uniforms.inner.y + column;
          }
        }
      }
      setOutputAtIndexI32(index, place);`,
  };
  return runPixelwise(backend, program, [x], info.outShape, uniformValues(info, [info.inHeight, info.inWidth]));
}

/** Adds each number of dy to the place of its window's first maximum. */
export const maxPoolGrad = webgpuKernel<{ readonly dy: TensorInfo; readonly input: TensorInfo }, PoolAttributes>(
  'MaxPoolGrad',
  ({ inputs: { dy, input }, attributes, backend }) => {
    const info = poolInfo(input, attributes);
    const places = firstMaxima(backend, input, info);
    const program = {
      name: 'scatterToMaxima',
      inputs: ['DY', 'Places'],
      uniforms,
      code: `
      let here = coords.y * uniforms.outShape.z + coords.z;
      let last = (coords.yz + uniforms.before) / uniforms.stride;
      let first = (coords.yz + uniforms.before - uniforms.window + uniforms.stride) / uniforms.stride;
      var sum = 0.0;
      for (var row = max(first.x, 0); row <= min(last.x, uniforms.inner.x - 1); row++) {
        for (var column = max(first.y, 0); column <= min(last.y, uniforms.inner.y - 1); column++) {
          if (i32(getPlaces(coords.x, row, column, coords.w)) == here) {
            sum += getDY(coords.x, row, column, coords.w);
          }
        }
      }
      setOutputAtIndex(index, sum);`,
    };
    const values = uniformValues(info, [info.outHeight, info.outWidth]);
    const dx = runPixelwise(backend, program, [dy, places], info.inShape, values);
    free(backend, places);
    return dx;
  },
);

/** Takes u at the place of each window's first maximum of x. */
export const maxPoolGather = webgpuKernel<{ readonly x: TensorInfo; readonly u: TensorInfo }, PoolAttributes>(
  optionalKernels.maxPoolGather,
  ({ inputs: { x, u }, attributes, backend }) => {
    const info = poolInfo(x, attributes);
    const places = firstMaxima(backend, x, info);
    const program = {
      name: 'gatherFromMaxima',
      inputs: ['U', 'Places'],
      code: `
        let place = i32(getPlaces(coords.x, coords.y, coords.z, coords.w));
        setOutputAtIndex(index, getU(coords.x, place / uniforms.uShape.z, place % uniforms.uShape.z, coords.w));`,
    };
    const taken = runPixelwise(backend, program, [u, places], info.outShape);
    free(backend, places);
    return taken;
  },
);

/** The largest numbers of each window and the index of each in the flattened image, or in the flattened batch. */
export const maxPoolWithArgmax = webgpuKernel<
  { readonly x: TensorInfo },
  PoolAttributes & { readonly includeBatchInIndex: boolean }
>('MaxPoolWithArgmax', ({ inputs: { x }, attributes, backend }) => {
  const { includeBatchInIndex, ...pool } = attributes;
  const info = poolInfo(x, pool);
  const places = firstMaxima(backend, x, info);
  const program = {
    name: `indexOfMaxima${includeBatchInIndex}`,
    inputs: ['Places'],
    outputType: 'int32' as const,
    uniforms,
    code: `
      let batch = ${includeBatchInIndex ? 'coords.x * uniforms.inner.x * uniforms.inner.y' : '0'};
      let place = batch + i32(getPlaces(coords.x, coords.y, coords.z, coords.w));
      setOutputAtIndexI32(index, place * uniforms.outShape.w + coords.w);`,
  };
  const values = uniformValues(info, [info.inHeight, info.inWidth]);
  const indexes = runPixelwise(backend, program, [places], info.outShape, values);
  free(backend, places);
  const result = tf.getKernel('MaxPool', 'webgpu').kernelFunc({
    inputs: { x },
    attrs: pool as unknown as tf.NamedAttrMap,
    backend,
  }) as TensorInfo;
  return [result, indexes];
});
