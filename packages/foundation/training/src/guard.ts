import { NumericalError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Watches that losses are finite without reading every one of them from the device at once, and keeps the weights of the
 * last step whose loss was seen to be finite.
 */
export class LossGuard {
  readonly #variables: readonly tf.Variable[];
  #pending: { readonly step: number; readonly total: tf.Scalar }[] = [];
  #good: { readonly step: number; readonly weights: readonly tf.Tensor[] } | undefined;
  #candidate: { readonly step: number; readonly weights: readonly tf.Tensor[] } | undefined;

  /**
   * @param variables what to bring back when a loss is not finite
   * @param step the first step
   */
  constructor(variables: Iterable<tf.Variable>, step: number) {
    this.#variables = [...variables];
    this.#good = this.#snapshot(step);
  }

  /** Keeps the weights from which the loss of `step` is computed, before they are updated; no copy is made. */
  remember(step: number): void {
    tf.dispose([...(this.#candidate?.weights ?? [])]);
    this.#candidate = this.#snapshot(step);
  }

  /** Takes over the loss of a step, to be looked at later. */
  watch(step: number, total: tf.Scalar): void {
    this.#pending.push({ step, total });
  }

  /**
   * Looks at all losses since the last time.
   * @throws NumericalError if one is not finite; the weights are then those that {@link remember} kept last
   */
  async check(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return;
    const stacked = tf.stack(pending.map(({ total }) => total));
    const values = await stacked.data();
    tf.dispose([stacked, ...pending.map(({ total }) => total)]);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) this.fail(pending[bad]!.step, `The loss is ${values[bad]}`);
    if (this.#candidate === undefined) return;
    tf.dispose([...(this.#good?.weights ?? [])]);
    this.#good = this.#candidate;
    this.#candidate = undefined;
  }

  /** Brings the last good weights back and throws. */
  fail(step: number, what: string): never {
    const good = this.#good;
    const restored = good?.step ?? 0;
    good?.weights.forEach((weights, index) => this.#variables[index]!.assign(weights as tf.Tensor));
    throw new NumericalError(
      `${what.replace(/\.$/, '')} at step ${step}. Usual causes: a learning rate that is too high, or inputs far out of range. ` +
        `The model was put back to its weights before step ${restored}.`,
      { step, restoredStep: restored },
    );
  }

  /** Frees what is kept. */
  dispose(): void {
    tf.dispose(this.#pending.map(({ total }) => total));
    tf.dispose([...(this.#good?.weights ?? []), ...(this.#candidate?.weights ?? [])]);
    this.#pending = [];
    this.#good = this.#candidate = undefined;
  }

  #snapshot(step: number): { step: number; weights: tf.Tensor[] } {
    return { step, weights: this.#variables.map((variable) => tf.clone(variable)) };
  }
}
