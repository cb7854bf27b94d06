import * as tf from '@tensorflow/tfjs-core';
import type { TensorFunction } from './grad.js';
import { backward, onOneForwardPass, release, requireShape } from './run.js';

/**
 * Vector-Jacobian product Jᵀu: the gradient of ⟨u, f(x)⟩.
 * @param f any differentiable function
 * @param x float32
 * @param cotangent u, of the shape of f(x)
 * @returns a tensor of the shape of x
 * @throws ShapeError if u has another shape
 */
export function vjp(f: TensorFunction, x: tf.Tensor, cotangent: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const checked = () => {
      const y = f(x);
      requireShape('the cotangent', cotangent, y.shape);
      return y;
    };
    return backward(checked, [x], cotangent).gradients[0] as tf.Tensor;
  });
}

/**
 * f(x) and several vector-Jacobian products Jᵀu, with one forward pass and a backward pass for each u.
 * @param f any differentiable function
 * @param x float32
 * @param cotangents the vectors u, each of the shape of f(x), given f(x)
 * @returns `value`, f(x), and `products`, a tensor `[number of vectors, ...x.shape]`
 * @throws ShapeError if a u has another shape
 */
export function valueAndVjps(
  f: TensorFunction,
  x: tf.Tensor,
  cotangents: (y: tf.Tensor) => readonly tf.Tensor[],
): { value: tf.Tensor; products: tf.Tensor } {
  return tf.tidy(() => {
    let value: tf.Tensor | undefined;
    const products = onOneForwardPass(f, x, (y, pullBack) => {
      const along = (cotangent: tf.Tensor) => {
        requireShape('the cotangent', cotangent, y.shape);
        return pullBack(cotangent);
      };
      const stacked = tf.stack(cotangents(y).map(along));
      value = tf.keep(tf.clone(y));
      return stacked;
    });
    return { value: release(value as tf.Tensor), products };
  });
}

/**
 * Jacobian-vector product Jt, the derivative of f at x along t, by differentiating twice in reverse: Jᵀu is linear in u, and
 * the gradient of ⟨Jᵀu, t⟩ by u is Jt. It costs about three evaluations of f and two of its gradient, whatever the sizes.
 *
 * Source: Townsend 2017, "A new trick for calculating Jacobian vector products".
 * @param f any twice differentiable function
 * @param x float32
 * @param tangent t, of the shape of x
 * @returns a tensor of the shape of f(x)
 * @throws ShapeError if t has another shape
 */
export function jvp(f: TensorFunction, x: tf.Tensor, tangent: tf.Tensor): tf.Tensor {
  requireShape('the tangent', tangent, x.shape);
  return tf.tidy(() => {
    const cotangent = tf.zeros(tf.tidy(() => f(x).shape));
    return backward(() => tf.sum(tf.mul(vjp(f, x, cotangent), tangent)), [cotangent]).gradients[0] as tf.Tensor;
  });
}

/**
 * Hessian-vector product Hv, where H is the Hessian of the sum of f's entries: the gradient of ⟨∇f, v⟩.
 * @param f any twice differentiable function
 * @param x float32
 * @param v of the shape of x
 * @returns a tensor of the shape of x
 * @throws ShapeError if v has another shape
 */
export function hvp(f: TensorFunction, x: tf.Tensor, v: tf.Tensor): tf.Tensor {
  requireShape('the vector', v, x.shape);
  return tf.tidy(() => {
    const alongV = () => tf.sum(tf.mul(backward(() => f(x), [x]).gradients[0] as tf.Tensor, v));
    return backward(alongV, [x]).gradients[0] as tf.Tensor;
  });
}
