import * as tf from '@tensorflow/tfjs-core';
import { gradientOf, gradientOfList, spreadTo, sumTo, type GradientDefinition } from './definition.js';

/** Of y = op(a) op(b): da is dy op(b)ᵀ, transposed where a was; db likewise. */
const matMulGradient = gradientOf<{ transposeA: boolean; transposeB: boolean }>(
  'BatchMatMul',
  ['a', 'b'],
  (dy, saved, { transposeA, transposeB }) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    const da = () => (transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB));
    const db = () => (transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false));
    return { a: () => sumTo(da(), a.shape), b: () => sumTo(db(), b.shape) };
  },
);

/** The gradient of one operand of an Einstein sum: dy times the other operand, broadcast over axes that were summed alone. */
function einsumOperandGradient(dy: tf.Tensor, inputs: tf.Tensor[], equation: string, index: number): tf.Tensor {
  const [left, right = ''] = equation.replaceAll(' ', '').split('->');
  const labels = (left as string).split(',');
  const own = labels[index] as string;
  const others = inputs.flatMap((input, other) =>
    other === index ? [] : [{ input, labels: labels[other] as string }],
  );
  const known = right + others.map((other) => other.labels).join('');
  const present = [...own].filter((label) => known.includes(label)).join('');
  const subscripts = [right, ...others.map((other) => other.labels)].join(',');
  const partial = tf.einsum(`${subscripts}->${present}`, dy, ...others.map((other) => other.input));
  const shape = (inputs[index] as tf.Tensor).shape;
  const expanded = tf.reshape(
    partial,
    shape.map((length, axis) => (present.includes(own[axis] as string) ? length : 1)),
  );
  return spreadTo(expanded, shape);
}

/** Gradients of sums of products. */
export const productGradients: readonly GradientDefinition[] = [
  matMulGradient,
  gradientOfList<{ equation: string }>('Einsum', (dy, inputs, { equation }) =>
    Object.fromEntries(inputs.map((_, index) => [index, () => einsumOperandGradient(dy, inputs, equation, index)])),
  ),
];
