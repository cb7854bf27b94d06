import type { ForwardMode, Rng } from '@equipoise/spec';

/** The mode of evaluation and of attacks: layers behave deterministically and change nothing. */
export const inference: ForwardMode = Object.freeze({ training: false });

/**
 * The mode of a training step: batch statistics and dropout act.
 *
 * @param rng the stream of layers that are random
 */
export function training(rng: Rng): ForwardMode {
  return Object.freeze({ training: true, rng });
}
