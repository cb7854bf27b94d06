import { type Model, NumericalError, UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { findNonFinite } from '../datasets/check-data.js';
import { scoring } from './modes.js';

/** What a model says about some inputs. */
export interface Classified {
  /** The class of the largest logit, one an input; the first one among equals. */
  readonly classes: Int32Array;
  /** The logits, row-major. */
  readonly logits: Float32Array;
}

/**
 * Runs a model in scoring mode and reads what it says.
 *
 * @param model a model with logits
 * @param x `[batch, ...inputShape]`
 * @param first index of the first input, for errors
 * @throws UnsupportedError if the model gives no logits
 * @throws NumericalError if a logit is NaN or infinite
 */
export async function classify(model: Model, x: tf.Tensor, first = 0): Promise<Classified> {
  const output = tf.tidy(() => model.forward(x, scoring).logits);
  if (output === undefined) throw new UnsupportedError('Classification', 'logits', 'the model');
  const [batch, width] = output.shape;
  const logits = (await output.data()) as Float32Array;
  output.dispose();
  const wrong = findNonFinite(logits);
  if (wrong >= 0) {
    const example = first + Math.floor(wrong / width);
    throw new NumericalError(
      `The model gives the logit ${logits[wrong]} for example ${example}; look for NaN in its weights and in the data.`,
      { example, class: wrong % width },
    );
  }
  return { logits, classes: Int32Array.from({ length: batch }, (_, row) => largest(logits, row * width, width)) };
}

function largest(values: Float32Array, begin: number, width: number): number {
  let best = 0;
  for (let one = 1; one < width; one++) {
    if ((values[begin + one] as number) > (values[begin + best] as number)) best = one;
  }
  return best;
}
