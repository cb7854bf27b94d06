import { grad, hvp, vjp } from '@equipoise/autodiff';
import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import { createRng } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

type Map = (x: tf.Tensor) => tf.Tensor;

const normal = (label: string, shape: number[]) =>
  tf.tensor(
    createRng(1)
      .fork(label)
      .normals(shape.reduce((product, length) => product * length, 1)),
    shape,
  );
const indices = (values: number[]) => tf.tensor1d(values, 'int32');

/** Linear operations with the shape of their input. */
const linear: Record<string, [shape: number[], f: Map]> = {
  split: [[2, 7], (x) => tf.concat([...tf.split(x, [2, 4, 1], 1)].reverse(), 1)],
  'one part of a split': [[2, 6], (x) => tf.split(x, 3, 1)[1] as tf.Tensor],
  unstack: [[3, 2, 2], (x) => tf.sub(tf.unstack(x, 1)[0] as tf.Tensor, tf.mul(2, tf.unstack(x, 1)[1] as tf.Tensor))],
  'stack on the last axis': [[2, 3], (x) => tf.stack([x, tf.mul(2, x)], -1)],
  'strided slice': [[7, 5], (x) => tf.stridedSlice(x, [1, 4], [6, 0], [2, -3])],
  'strided slice with masks': [[4, 5, 3], (x) => tf.stridedSlice(x, [1, 0, 2], [3, 0, 0], [1, 2, -1], 0b010, 0b110)],
  'slice to the end': [[4, 5], (x) => tf.slice(x, [1, 2], [-1, 2])],
  'running sum': [[3, 4], (x) => tf.cumsum(x, 1)],
  'exclusive running sum from the end': [[3, 4], (x) => tf.cumsum(x, 0, true, true)],
  'broadcast by an operation': [[1, 3], (x) => tf.broadcastTo(x, [4, 3])],
  'tile of both axes': [[2, 3], (x) => tf.tile(x, [3, 2])],
  'depth to space': [[1, 2, 3, 8], (x) => tf.depthToSpace(x as tf.Tensor4D, 2)],
  'space to batch': [
    [1, 4, 4, 2],
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
  ],
  'batch to space': [
    [4, 2, 2, 1],
    (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 1],
          [0, 0],
        ],
      ),
  ],
  'gather with a batch axis': [
    [2, 4, 3],
    (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [0, 3],
            [2, 2],
          ],
          [2, 2],
          'int32',
        ),
        1,
        1,
      ),
  ],
  'gather of points': [
    [3, 4],
    (x) =>
      tf.gatherND(
        x,
        tf.tensor2d(
          [
            [0, 1],
            [2, 3],
            [0, 1],
          ],
          [3, 2],
          'int32',
        ),
      ),
  ],
  'scatter to points': [[3, 2], (x) => tf.scatterND(tf.tensor2d([[1], [3], [1]], [3, 1], 'int32'), x, [4, 2])],
  'sums of segments': [[4, 3], (x) => tf.unsortedSegmentSum(x, indices([2, 0, 2, 1]), 3)],
  'resize to the nearest': [[2, 3, 2, 2], (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [5, 3])],
  'resize to the nearest, corners aligned': [
    [1, 4, 5, 1],
    (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [3, 7], true),
  ],
  'sum of many': [[2, 3], (x) => tf.addN([x, tf.mul(2, x), tf.reverse(x, 0)])],
  'where of a scalar condition': [
    [2, 2],
    (x) =>
      tf.where(
        tf.tensor2d(
          [
            [1, 0],
            [0, 1],
          ],
          [2, 2],
          'bool',
        ),
        x,
        tf.mul(x, -3),
      ),
  ],
  'average pool, padded by a number': [[1, 5, 5, 2], (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, 1)],
  'volume convolution': [
    [1, 3, 4, 3, 2],
    (x) => tf.conv3d(x as tf.Tensor5D, normal('filter', [2, 2, 2, 2, 3]) as tf.Tensor5D, 1, 'same'),
  ],
  'convolution of one axis': [
    [2, 6, 2],
    (x) => tf.conv1d(x as tf.Tensor3D, normal('filter', [3, 2, 2]) as tf.Tensor3D, 2, 'same'),
  ],
  'strided depthwise convolution of unequal filter': [
    [1, 6, 5, 2],
    (x) => tf.depthwiseConv2d(x as tf.Tensor4D, normal('filter', [2, 3, 2, 2]) as tf.Tensor4D, 2, 'valid'),
  ],
  'Einstein sum': [[2, 3, 4], (x) => tf.einsum('abc,cd->bad', x, normal('matrix', [4, 2]))],
  'Einstein sum that drops an axis of one operand': [
    [2, 3, 4],
    (x) => tf.einsum('abc,ad->d', x, normal('matrix', [2, 5])),
  ],
};

/** Operations that are not linear, at points away from their kinks and poles. */
const curved: Record<string, [point: number[], f: Map]> = {
  tan: [[-1, 0.5, 1], tf.tan],
  sinh: [[-1, 0.5, 1], tf.sinh],
  cosh: [[-1, 0.5, 1], tf.cosh],
  asin: [[-0.5, 0.25, 0.7], tf.asin],
  acos: [[-0.5, 0.25, 0.7], tf.acos],
  atan: [[-1, 0.5, 2], tf.atan],
  asinh: [[-1, 0.5, 2], tf.asinh],
  acosh: [[1.5, 2, 3], tf.acosh],
  atanh: [[-0.5, 0.25, 0.7], tf.atanh],
  atan2: [[-1, 0.5, 2], (x) => tf.atan2(x, tf.add(tf.square(x), 1))],
  modulus: [[-1.7, 2.3, 4.1], (x) => tf.mul(x, tf.mod(x, 3))],
  'modulus by a variable': [[2.3, 3.7, 5.1], (x) => tf.mul(x, tf.mod(7.5, x))],
  'power with a variable exponent': [[0.5, 1.5, 2], (x) => tf.pow(tf.add(x, 1), x)],
  'division of both': [[0.5, 1.5, 2], (x) => tf.div(tf.sin(x), tf.add(x, 1))],
  prelu: [[-1.5, -0.5, 2], (x) => tf.mul(x, tf.prelu(x, tf.mul(x, 0.3)))],
  'log-sum-exp of tfjs': [[-1, 0.5, 1], (x) => tf.logSumExp(x)],
  'cosine of a cast': [[-1, 0.5, 1], (x) => tf.cos(tf.cast(x, 'float32'))],
  'standard deviation': [[-1, 0.5, 1.5], (x) => tf.sqrt(tf.moments(x).variance)],
  'product of long rows': [[0.5, 1.5, -2, 1, 1.25, -0.75, 2], (x) => tf.prod(x)],
  'gather of a norm': [[0.5, -1, 2], (x) => tf.mul(tf.gather(x, indices([0, 2, 2])), tf.norm(x))],
  'fused dense layer': [
    [0.5, -1, 2],
    (x) =>
      tf.fused.matMul({
        a: tf.reshape(x, [1, 3]) as tf.Tensor2D,
        b: tf.mul(normal('w', [3, 2]), tf.sum(x)) as tf.Tensor2D,
        bias: normal('b', [2]),
        activation: 'sigmoid',
      }),
  ],
  'fused convolution': [
    [0.5, -1, 2, 1],
    (x) =>
      tf.fused.conv2d({
        x: tf.reshape(x, [1, 2, 2, 1]) as tf.Tensor4D,
        filter: tf.mul(normal('w', [2, 2, 1, 2]), tf.sum(x)) as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        bias: normal('b', [2]) as tf.Tensor1D,
        activation: 'elu',
      }),
  ],
  'fused depthwise convolution': [
    [0.5, -1, 2, 1],
    (x) =>
      tf.fused.depthwiseConv2d({
        x: tf.reshape(x, [1, 2, 2, 1]) as tf.Tensor4D,
        filter: tf.mul(normal('w', [2, 2, 1, 2]), tf.sum(x)) as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        activation: 'linear',
      }),
  ],
  'Einstein sum of both': [
    [0.5, -1, 2],
    (x) => tf.einsum('a,ab->b', x, tf.matMul(tf.reshape(x, [3, 1]), tf.reshape(tf.exp(x), [1, 3]))),
  ],
};

/** Whether an operation uses a kernel that the backend lacks or that is wrong there. */
function lacksKernel(name: string): boolean {
  if (name.startsWith('volume')) return tf.getBackend() === 'wasm';
  return name.startsWith('Einstein') && tf.getKernel('Einsum', tf.getBackend()) === undefined;
}

onEachBackend(() => {
  describe('the gradient of a linear operation is its adjoint', () => {
    for (const [name, [shape, f]] of Object.entries(linear)) {
      test(name, (context) => {
        if (lacksKernel(name)) context.skip();
        tf.tidy(() => {
          const x = normal('x', shape);
          const y = f(x);
          const u = normal('u', y.shape);
          const atZero = f(tf.zeros(shape));
          const back = vjp(f, x, u);
          expectClose(
            tf.sum(tf.mul(back, x)),
            tf.sum(tf.mul(u, tf.sub(y, atZero))).dataSync(),
            { rtol: 1e-4, atol: 1e-4 },
            'first order',
          );
          const forth = grad((w) => tf.sum(tf.mul(vjp(f, x, w), x)), u);
          expectClose(forth, tf.sub(y, atZero).dataSync(), { rtol: 1e-4, atol: 1e-4 }, 'second order');
        });
      });
    }
  });

  describe('gradients of an operation and of its gradient agree with central differences', () => {
    // With h = 2⁻⁷ the error of a central difference is about h² = 6e-5 times a third derivative, and rounding adds some 1e-7 / h.
    const h = 2 ** -7;
    const tolerance = { rtol: 2e-3, atol: 1e-3 };
    for (const [name, [point, f]] of Object.entries(curved)) {
      test(name, (context) => {
        if (lacksKernel(name)) context.skip();
        tf.tidy(() => {
          const x = tf.tensor1d(point);
          const weights = normal('weights', f(x).shape);
          const objective = (t: tf.Tensor) => tf.sum(tf.mul(f(t), weights));
          const v = tf.tensor1d(point.map((_, index) => 1 - 0.5 * index));
          const ahead = tf.add(x, tf.mul(v, h));
          const behind = tf.sub(x, tf.mul(v, h));
          const slope = tf.div(tf.sub(objective(ahead), objective(behind)), 2 * h);
          expectClose(tf.sum(tf.mul(grad(objective, x), v)), slope.dataSync(), tolerance, 'first order');
          const change = tf.div(tf.sub(grad(objective, ahead), grad(objective, behind)), 2 * h);
          expectClose(hvp(objective, x, v), change.dataSync(), tolerance, 'second order');
        });
      });
    }
  });

  describe('at kinks and ties', () => {
    test('extrema share their gradient evenly among ties', () => {
      expectClose(
        grad((x) => tf.max(x), tf.tensor1d([2, 1, 2])),
        [0.5, 0, 0.5],
      );
      expectClose(
        grad((x) => tf.min(x, 1), tf.tensor2d([[3, 3, 3, 4]])),
        [1 / 3, 1 / 3, 1 / 3, 0],
      );
    });

    test('the largest of a and a has gradient one', () => {
      expectClose(
        grad((x) => tf.maximum(x, x), tf.tensor1d([1, 2])),
        [1, 1],
      );
    });

    test('clipping passes gradients at its bounds, relu stops them at zero', () => {
      expectClose(
        grad((x) => tf.clipByValue(x, 0, 1), tf.tensor1d([-0.5, 0, 1, 1.5])),
        [0, 1, 1, 0],
      );
      expectClose(
        grad((x) => tf.relu(x), tf.tensor1d([-1, 0, 1])),
        [0, 0, 1],
      );
      expectClose(
        grad((x) => tf.relu6(x), tf.tensor1d([-1, 0, 5, 7])),
        [0, 0, 1, 0],
      );
    });

    test('a power of zero has finite derivatives', () => {
      expectClose(
        grad((x) => tf.pow(x, 2), tf.tensor1d([0, 1])),
        [0, 2],
      );
      expectClose(
        hvp((x) => tf.pow(x, 1), tf.tensor1d([0, 1]), tf.ones([2])),
        [0, 0],
      );
    });

    test('a cast to integers has a zero gradient', () => {
      expectClose(
        grad((x) => tf.mul(x, tf.cast(tf.cast(x, 'int32'), 'float32')), tf.tensor1d([2.5])),
        [2],
      );
    });

    test('negative segment ids belong to no segment', () => {
      const f = (x: tf.Tensor) => tf.square(tf.unsortedSegmentSum(x, indices([-1, 0, 0]), 1));
      expectClose(
        grad((u) => tf.sum(grad((x) => tf.mul(tf.sum(f(x)), u), tf.tensor1d([1, 2, 3]))), tf.scalar(1)),
        [20],
      );
    });
  });

  test('what has no right gradient is refused', () => {
    const unsupported = expect.objectContaining({ code: 'EQUIPOISE_UNSUPPORTED' });
    const halfPixel = (x: tf.Tensor) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [2, 2], false, true);
    const volume = (x: tf.Tensor) => tf.conv3d(x as tf.Tensor5D, tf.ones([2, 2, 2, 1, 1]), 1, 'same');
    if (tf.getBackend() === 'wasm') expect(() => grad(volume, tf.ones([1, 2, 2, 2, 1]))).toThrow(unsupported);
    expect(() => grad(halfPixel, tf.ones([1, 4, 4, 1]))).toThrow(unsupported);
    const paddedPoolGradient = (dy: tf.Tensor) =>
      tf
        .engine()
        .runKernel(
          'AvgPoolGrad',
          { dy, input: tf.ones([1, 3, 3, 1]) },
          { filterSize: 2, strides: 2, pad: 'same' },
        ) as tf.Tensor;
    expect(() => grad(paddedPoolGradient, tf.ones([1, 2, 2, 1]))).toThrow(unsupported);
  });
});
