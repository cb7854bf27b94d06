import * as tf from '@tensorflow/tfjs-core';
import type { Evaluator, Place } from '../loop/contracts.js';

/**
 * Asks about some samples of a batch, and about no others if the evaluator can leave them out.
 *
 * @param evaluator says what meets the criterion
 * @param x inputs of the whole batch
 * @param place whose they are
 * @param asked the places in the batch to ask about
 * @param mayShrink the evaluator can be asked about some of the samples
 * @returns for each of `asked` whether it meets the criterion
 */
export async function successesAmong(
  evaluator: Evaluator,
  x: tf.Tensor,
  { rows, streams, step }: Place,
  asked: readonly number[],
  mayShrink: boolean,
): Promise<boolean[]> {
  const isPart = mayShrink && asked.length < streams.length;
  const success = tf.tidy(() => {
    if (!isPart) return evaluator.look(x, { rows, streams, step }).success;
    const at = tf.tensor1d([...asked], 'int32');
    const place = { rows: tf.gather(rows, at), streams: asked.map((one) => streams[one] as number), step };
    return evaluator.look(tf.gather(x, at), place).success;
  });
  const values = await success.data();
  success.dispose();
  return asked.map((place, index) => Boolean(values[isPart ? index : place]));
}
