import type { ForwardMode, Rng } from '@equipoise/spec';

/** The mode of evaluation and of attacks: layers behave deterministically and change nothing. */
export const inference: ForwardMode = Object.freeze({ training: false });

/** The same for those who look at logits and embedding only, which may be faster. */
export const scoring: ForwardMode = Object.freeze({ training: false, layers: false });

/**
 * The mode of a training step: batch statistics and dropout act.
 *
 * @param rng the stream of layers that are random
 */
export function training(rng: Rng): ForwardMode {
  return Object.freeze({ training: true, rng });
}
