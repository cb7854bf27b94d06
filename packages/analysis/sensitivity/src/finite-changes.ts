import * as tf from '@tensorflow/tfjs-core';

/**
 * Applies a function to the input with one entry moved at a time: g_j = f(x, x + δe_j) for every entry j.
 *
 * @param x `[batch, ...inputShape]`
 * @param delta size δ of the move, in units of the input; not clipped
 * @param f one value a sample from the moved input, `[batch]`
 * @returns `[batch, ...inputShape]`
 */
export function finiteChanges(x: tf.Tensor, delta: number, f: (moved: tf.Tensor) => tf.Tensor1D): tf.Tensor {
  return tf.tidy(() => {
    const sampleShape = x.shape.slice(1);
    const entries = sampleShape.reduce((product, length) => product * length, 1);
    const changes: tf.Tensor1D[] = [];
    for (let entry = 0; entry < entries; entry++) {
      changes.push(tf.tidy(() => f(tf.add(x, moveOf(entry, entries, delta, sampleShape)))));
    }
    return tf.reshape(tf.stack(changes, 1), x.shape);
  });
}

function moveOf(entry: number, entries: number, delta: number, sampleShape: readonly number[]): tf.Tensor {
  const values = new Float32Array(entries);
  values[entry] = delta;
  return tf.tensor(values, [1, ...sampleShape]);
}
