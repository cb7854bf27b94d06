import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../functions/stop-gradient.js';
import { gradientOf, spreadTo, type GradientDefinition } from './definition.js';
import { exclusiveProducts } from './exclusive-products.js';
import { size } from './spacing.js';

/** Attributes of the reductions; `Max` has another name for its axes. */
interface ReductionAttributes {
  readonly axis?: number | number[] | null;
  readonly reductionIndices?: number | number[] | null;
}

function axesOf(x: tf.Tensor, { axis, reductionIndices }: ReductionAttributes): number[] {
  return tf.util.parseAxisParam((axis ?? reductionIndices ?? null) as number[], x.shape);
}

/** The shape of the reduced tensor with its reduced axes kept as ones. */
function keptShape(shape: number[], axes: readonly number[]): number[] {
  return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
}

/** dy of a sum, copied along the axes that were summed. */
function spreadOut(dy: tf.Tensor, x: tf.Tensor, axes: readonly number[]): tf.Tensor {
  return spreadTo(tf.reshape(dy, keptShape(x.shape, axes)), x.shape);
}

function meanGradient(dy: tf.Tensor, x: tf.Tensor, attributes: ReductionAttributes): tf.Tensor {
  const axes = axesOf(x, attributes);
  const count = size(axes.map((axis) => x.shape[axis] as number));
  return spreadOut(tf.div(dy, count), x, axes);
}

/** dy at the extremum; ties share it evenly, so that the gradient is a subgradient. */
function extremumGradient(
  dy: tf.Tensor,
  x: tf.Tensor,
  extremum: typeof tf.max,
  attributes: ReductionAttributes,
): tf.Tensor {
  const axes = axesOf(x, attributes);
  const constant = stopGradient(x);
  const chosen = tf.cast(tf.equal(constant, extremum(constant, axes, true)), 'float32');
  const share = tf.div(tf.reshape(dy, keptShape(x.shape, axes)), tf.sum(chosen, axes, true));
  return tf.mul(chosen, share);
}

/** dy times the product of all the other factors, without a division, so that factors of zero are right at every order. */
function productGradient(dy: tf.Tensor, x: tf.Tensor, attributes: ReductionAttributes): tf.Tensor {
  const axes = axesOf(x, attributes);
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const moved = tf.transpose(x, order);
  const factors = size(axes.map((axis) => x.shape[axis] as number));
  const others = exclusiveProducts(tf.reshape(moved, [size(x.shape) / factors, factors]));
  const back = order.map((_, axis) => order.indexOf(axis));
  const inPlace = tf.transpose(tf.reshape(others, moved.shape), back);
  return tf.mul(tf.reshape(dy, keptShape(x.shape, axes)), inPlace);
}

function reduction(
  kernelName: string,
  gradient: (dy: tf.Tensor, x: tf.Tensor, attributes: ReductionAttributes) => tf.Tensor,
) {
  return gradientOf<ReductionAttributes>(kernelName, ['x'], (dy, [x], attributes) => ({
    x: () => gradient(dy, x as tf.Tensor, attributes),
  }));
}

/** Attributes of a running sum. */
interface CumsumAttributes {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/** Gradients of sums, means, extrema, products and running sums. */
export const reductionGradients: readonly GradientDefinition[] = [
  reduction('Sum', (dy, x, attributes) => spreadOut(dy, x, axesOf(x, attributes))),
  reduction('Mean', meanGradient),
  reduction('Max', (dy, x, attributes) => extremumGradient(dy, x, tf.max, attributes)),
  reduction('Min', (dy, x, attributes) => extremumGradient(dy, x, tf.min, attributes)),
  reduction('Prod', productGradient),
  gradientOf<CumsumAttributes>('Cumsum', [], (dy, _, { axis, exclusive, reverse }) => ({
    x: () => tf.cumsum(dy, axis, exclusive, !reverse),
  })),
];
