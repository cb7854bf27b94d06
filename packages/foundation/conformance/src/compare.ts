import * as tf from '@tensorflow/tfjs-core';

/** The largest absolute difference of two arrays, relative to the largest entry of either (at least 1); `Infinity` for other lengths or NaN. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let [largest, scale] = [0, 1];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, Math.abs(x - y));
    scale = Math.max(scale, Math.abs(x), Math.abs(y));
  }
  return largest / scale;
}

/** Whether every value is a finite number. */
export function finite(values: ArrayLike<number>): boolean {
  return Array.from(values).every((value) => Number.isFinite(value));
}

/** The values of a tensor, as a plain array of numbers. */
export async function valuesOf(tensor: tf.Tensor): Promise<number[]> {
  return Array.from(await tensor.data());
}

/** How many more tensors there are after three further calls of `body`, once it has been called to warm up. */
export async function leaked(body: () => Promise<void>): Promise<number> {
  await body();
  const before = tf.memory().numTensors;
  for (let call = 0; call < 3; call++) await body();
  return tf.memory().numTensors - before;
}

/** `tf.tidy` for results that are interfaces of the contracts, which have no index signature. */
export function tidied<T extends object>(body: () => T): T {
  return tf.tidy(body as unknown as () => tf.TensorContainer) as unknown as T;
}
