import * as tf from '@tensorflow/tfjs-core';

const firstSize = 64;
const lastSize = 1024;
const trialMilliseconds = 25;
const budgetMilliseconds = 120;

/**
 * Measures how fast the active backend multiplies matrices, in at most a third of a second.
 *
 * The product of two n × n float32 matrices counts as 2n³ operations; n grows until one product takes 25 ms (or is 1024),
 * and the best of the repetitions is taken.
 *
 * @returns thousand million operations a second
 */
export async function measureGflops(): Promise<number> {
  let size = firstSize;
  await time(size);
  let seconds = await time(size);
  while (size < lastSize && 8 * seconds * 1000 <= trialMilliseconds) {
    size *= 2;
    seconds = await time(size);
  }
  const end = performance.now() + budgetMilliseconds;
  while (performance.now() < end) seconds = Math.min(seconds, await time(size));
  return (2 * size ** 3) / seconds / 1e9;
}

/** Seconds of one product, with a result that is waited for. */
async function time(size: number): Promise<number> {
  const matrix = tf.fill([size, size], 1 / size) as tf.Tensor2D;
  await matrix.data();
  const begun = performance.now();
  const product = tf.matMul(matrix, matrix);
  await product.data();
  const seconds = (performance.now() - begun) / 1000;
  tf.dispose([matrix, product]);
  return Math.max(seconds, 1e-6);
}
