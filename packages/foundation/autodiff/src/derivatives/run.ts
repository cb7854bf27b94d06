import { ShapeError, UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The value of f and the gradients of ⟨cotangent, f()⟩ (of the sum of f() without one); zeros where f does not depend on an input.
 * Call it inside a tidy: all that is made belongs to the scope around.
 */
export function backward(
  f: () => tf.Tensor,
  inputs: readonly tf.Tensor[],
  cotangent?: tf.Tensor,
): { value: tf.Tensor; gradients: tf.Tensor[] } {
  const { value, grads } = cleaningUp(() => tf.engine().gradients(f, [...inputs], cotangent, true));
  const found = grads as (tf.Tensor | null | undefined)[];
  return { value, gradients: inputs.map((input, index) => found[index] ?? tf.zeros(input.shape)) };
}

/** Frees what an outermost tape had saved if a derivative fails; TensorFlow.js would leak it. */
function cleaningUp<T>(derive: () => T): T {
  try {
    return derive();
  } catch (error) {
    const { state } = tf.engine();
    if (state.gradientDepth === 0) {
      for (const node of state.activeTape ?? []) for (const tensor of node.saved ?? []) tensor.dispose();
      state.activeTape = [];
    }
    throw translated(error);
  }
}

/** TensorFlow.js's complaint about a kernel without a gradient as an error of Equipoise. */
function translated(error: unknown): unknown {
  const kernelName = /gradient function not found for (\w+)/.exec(String(error))?.[1];
  return kernelName === undefined
    ? error
    : new UnsupportedError('the derivative', `a gradient of ${kernelName}`, 'autodiff');
}

/**
 * Runs f once and hands out its value and the map u ↦ Jᵀu, which may be called often.
 *
 * TensorFlow.js runs f again for every gradient. Here f is recorded under a tape of its own, and each backward pass walks that tape. Backward passes
 * are recorded only if somebody outside is recording too.
 */
export function onOneForwardPass(
  f: (x: tf.Tensor) => tf.Tensor,
  x: tf.Tensor,
  body: (y: tf.Tensor, pullBack: (cotangent: tf.Tensor) => tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const { state } = tf.engine();
  const isRecordedOutside = state.gradientDepth > 0;
  let result: tf.Tensor | undefined;
  backward(() => {
    const y = f(x);
    const pullBack = (cotangent: tf.Tensor) => backward(() => y, [x], cotangent).gradients[0] as tf.Tensor;
    if (!isRecordedOutside) state.kernelDepth++;
    try {
      result = tf.keep(tf.clone(tf.tidy(() => body(y, pullBack))));
    } finally {
      if (!isRecordedOutside) state.kernelDepth--;
    }
    return tf.scalar(0);
  }, [x]);
  return release(result as tf.Tensor);
}

/** Hands a kept tensor to the scope around. */
export function release(tensor: tf.Tensor): tf.Tensor {
  const released = tf.clone(tensor);
  tensor.dispose();
  return released;
}

/** Refuses a tensor of another shape than expected. */
export function requireShape(subject: string, tensor: tf.Tensor, expected: readonly number[]): void {
  if (!tf.util.arraysEqual(tensor.shape, [...expected])) throw new ShapeError(subject, expected, tensor.shape);
}
