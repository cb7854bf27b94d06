import { logSoftmax, logSumExp, crossEntropy, safeNorm } from '@equipoise/autodiff';
import * as tf from '@tensorflow/tfjs-core';

type Inputs = Record<string, tf.Tensor>;
type Size = [number, number];

/** Settings of a fixture, named as in TensorFlow.js. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Options = any;

const unary = (f: (x: tf.Tensor, options: Options) => tf.Tensor) => (inputs: Inputs, options: Options) =>
  f(inputs['x'] as tf.Tensor, options);
const binary = (f: (a: tf.Tensor, b: tf.Tensor, options: Options) => tf.Tensor) => (inputs: Inputs, options: Options) =>
  f(inputs['a'] as tf.Tensor, inputs['b'] as tf.Tensor, options);

/** (x − mean) / √(variance + ε) over axes. */
function normalise(x: tf.Tensor, axes: number[], epsilon: number): tf.Tensor {
  const { mean, variance } = tf.moments(x, axes, true);
  return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
}

function affine(y: tf.Tensor, { scale, offset }: Inputs): tf.Tensor {
  return scale ? tf.add(tf.mul(y, scale), offset as tf.Tensor) : y;
}

function groupNorm(inputs: Inputs, { groups, epsilon }: Options): tf.Tensor {
  const x = inputs['x'] as tf.Tensor;
  const [n, height, width, channels] = x.shape as [number, number, number, number];
  const grouped = tf.reshape(x, [n, height, width, groups, channels / groups]);
  return affine(tf.reshape(normalise(grouped, [1, 2, 4], epsilon), x.shape), inputs);
}

function batchNormTraining(inputs: Inputs, { epsilon }: Options): tf.Tensor {
  const { x, scale, offset } = inputs as { x: tf.Tensor4D; scale?: tf.Tensor1D; offset?: tf.Tensor1D };
  const { mean, variance } = tf.moments(x, x.shape.map((_, axis) => axis).slice(0, -1));
  return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset, scale, epsilon);
}

function gelu(x: tf.Tensor, { approximate }: Options): tf.Tensor {
  const inner = approximate
    ? tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.mul(x, x))))))
    : tf.erf(tf.div(x, Math.SQRT2));
  return tf.mul(0.5, tf.mul(x, tf.add(1, inner)));
}

/** Every operation that a fixture may name. */
export const operations: Record<string, (inputs: Inputs, options: Options) => tf.Tensor> = {
  exp: unary(tf.exp),
  expm1: unary(tf.expm1),
  log: unary(tf.log),
  log1p: unary(tf.log1p),
  sqrt: unary(tf.sqrt),
  rsqrt: unary(tf.rsqrt),
  square: unary(tf.square),
  reciprocal: unary(tf.reciprocal),
  tanh: unary(tf.tanh),
  sigmoid: unary(tf.sigmoid),
  softplus: unary(tf.softplus),
  relu: unary(tf.relu),
  relu6: unary(tf.relu6),
  elu: unary(tf.elu),
  selu: unary(tf.selu),
  sin: unary(tf.sin),
  cos: unary(tf.cos),
  erf: unary(tf.erf),
  abs: unary(tf.abs),
  gelu: unary(gelu),
  leakyRelu: unary((x, { alpha }) => tf.leakyRelu(x, alpha)),
  silu: unary((x) => tf.mul(x, tf.sigmoid(x))),
  logSigmoid: unary(tf.logSigmoid),
  clipByValue: unary((x, { clipValueMin, clipValueMax }) => tf.clipByValue(x, clipValueMin, clipValueMax)),
  pow: unary((x, { exponent }) => tf.pow(x, exponent)),
  softmax: unary((x) => tf.softmax(x)),
  logSoftmax: unary((x) => logSoftmax(x)),
  logSumExp: unary((x, { axis, keepDims }) => logSumExp(x, axis, keepDims)),
  softmaxCrossEntropy: ({ logits, labels }) =>
    tf.neg(tf.sum(tf.mul(labels as tf.Tensor, logSoftmax(logits as tf.Tensor)), -1)),
  max: unary((x, { axis, keepDims }) => tf.max(x, axis, keepDims)),
  min: unary((x, { axis, keepDims }) => tf.min(x, axis, keepDims)),
  mean: unary((x, { axis, keepDims }) => tf.mean(x, axis, keepDims)),
  sum: unary((x, { axis, keepDims }) => tf.sum(x, axis, keepDims)),
  prod: unary((x, { axis, keepDims }) => tf.prod(x, axis, keepDims)),
  variance: unary((x, { axis, keepDims }) => tf.moments(x, axis, keepDims).variance),
  norm: unary((x, { ord, axis }) => tf.norm(x, ord === 'infinity' ? Infinity : ord, axis)),
  l2Normalize: unary((x, { axis }) => tf.div(x, safeNorm(x, axis, true))),
  topk: unary((x, { k }) => tf.topk(x, k).values),
  maximum: binary((a, b) => tf.maximum(a, b)),
  minimum: binary((a, b) => tf.minimum(a, b)),
  mul: binary((a, b) => tf.mul(a, b)),
  div: binary((a, b) => tf.div(a, b)),
  sub: binary((a, b) => tf.sub(a, b)),
  squaredDifference: binary((a, b) => tf.squaredDifference(a, b)),
  matMul: binary((a, b, { transposeA, transposeB }) => tf.matMul(a, b, transposeA, transposeB)),
  concat: binary((a, b, { axis }) => tf.concat([a, b], axis)),
  stack: binary((a, b, { axis }) => tf.stack([a, b], axis)),
  where: ({ condition, a, b }) => tf.where(tf.cast(condition as tf.Tensor, 'bool'), a as tf.Tensor, b as tf.Tensor),
  conv2d: ({ x, filter }, { strides, pad, dilations }) =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides as Size, pad, 'NHWC', (dilations ?? 1) as Size),
  conv2dTranspose: ({ x, filter }, { outputShape, strides, pad }) =>
    tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, outputShape, strides as Size, pad),
  depthwiseConv2d: ({ x, filter }, { strides, pad, dilations }) =>
    tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides as Size, pad, 'NHWC', (dilations ?? 1) as Size),
  separableConv2d: ({ x, depthwiseFilter, pointwiseFilter }, { strides, pad }) =>
    tf.separableConv2d(
      x as tf.Tensor4D,
      depthwiseFilter as tf.Tensor4D,
      pointwiseFilter as tf.Tensor4D,
      strides as Size,
      pad,
    ),
  avgPool: unary((x, { filterSize, strides, pad }) =>
    tf.avgPool(x as tf.Tensor4D, filterSize as Size, strides as Size, pad),
  ),
  maxPool: unary((x, { filterSize, strides, pad }) =>
    tf.maxPool(x as tf.Tensor4D, filterSize as Size, strides as Size, pad),
  ),
  globalAvgPool: unary((x) => tf.mean(x, [1, 2])),
  globalMaxPool: unary((x) => tf.max(x, [1, 2])),
  batchNorm: ({ x, mean, variance, offset, scale }, { varianceEpsilon }) =>
    tf.batchNorm(
      x as tf.Tensor4D,
      mean as tf.Tensor1D,
      variance as tf.Tensor1D,
      offset as tf.Tensor1D,
      scale as tf.Tensor1D,
      varianceEpsilon,
    ),
  batchNormTraining,
  layerNorm: (inputs, { axis, epsilon }) => affine(normalise(inputs['x'] as tf.Tensor, axis, epsilon), inputs),
  groupNorm,
  resizeBilinear: unary((x, { size, alignCorners, halfPixelCenters }) =>
    tf.image.resizeBilinear(x as tf.Tensor4D, size, alignCorners, halfPixelCenters),
  ),
  gather: ({ x, indices }, { axis }) => tf.gather(x as tf.Tensor, indices as tf.Tensor1D, axis),
  slice: unary((x, { begin, size }) => tf.slice(x, begin, size)),
  pad: unary((x, { paddings, constantValue }) => tf.pad(x, paddings, constantValue)),
  mirrorPad: unary((x, { paddings, mode }) => tf.mirrorPad(x, paddings, mode)),
  transpose: unary((x, { perm }) => tf.transpose(x, perm)),
  reverse: unary((x, { axis }) => tf.reverse(x, axis)),
  tile: unary((x, { reps }) => tf.tile(x, reps)),
};

/** One layer of a fixture's network. */
interface Layer {
  readonly type: string;
  readonly name?: string;
  readonly layers?: readonly Layer[];
}

/** Runs the layers in order on weights named `layer.part`. */
export function runNetwork(layers: readonly Layer[], weights: Inputs, x: tf.Tensor): tf.Tensor {
  return layers.reduce((value, { type, name, layers: inner, ...options }) => {
    const part = (key: string) => weights[`${name}.${key}`] as tf.Tensor;
    if (type === 'residual') return tf.add(value, runNetwork(inner ?? [], weights, value));
    if (type === 'dense') return tf.add(tf.matMul(value, part('kernel')), part('bias'));
    const inputs = { x: value, filter: part('kernel'), scale: part('scale'), offset: part('offset') };
    return (operations[type] as (typeof operations)[string])(inputs, options);
  }, x);
}

/** Cross entropy of each sample. */
export const losses = (logits: tf.Tensor, labels: tf.Tensor) => crossEntropy(logits, labels);
