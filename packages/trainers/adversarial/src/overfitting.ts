import type { StateArray } from '@equipoise/spec';
import type { TrainingWarning } from '@equipoise/training';
import * as tf from '@tensorflow/tfjs-core';
import type { StatePart } from './state-parts.js';

/** By how much the accuracy of the training must be above chance before its robustness is compared. */
const clearlyAboveChance = 0.3;

/** Which part of the best robust accuracy so far is a collapse. */
const collapse = 0.5;

/**
 * Watches for catastrophic overfitting (Wong et al. 2020, section 5.4): the model learns to mislead the weak attack of the training,
 * whose accuracy stays high, while a stronger one breaks it.
 *
 * A warning comes at an evaluation where the accuracy under the attack of the training, since the last evaluation, is at least 0.3
 * above chance and the robust accuracy is at chance or below, or under half of the best so far. Steps whose radius is
 * smaller than that of the evaluation, as in a warm-up, do not count.
 */
export class Overfitting implements StatePart {
  readonly expects = { counts: [2], history: [2] };
  readonly #chance: number;
  readonly #eps: number | undefined;
  #right: tf.Scalar | undefined;
  #count = 0;
  #best = 0;
  #hasWarned = false;

  /**
   * @param classes of the model
   * @param eps the radius of the evaluation, if it has one
   */
  constructor(classes: number | undefined, eps: number | readonly number[] | undefined) {
    this.#chance = 1 / (classes ?? 2);
    this.#eps = typeof eps === 'number' ? eps : undefined;
  }

  /**
   * Takes in how many examples of a batch the attack of the training left right.
   * @param success whether the attack succeeded, `[batch]`, bool
   * @param eps the radius of the step; absent: full
   */
  watch(success: tf.Tensor1D, eps: number | undefined): void {
    if (eps !== undefined && this.#eps !== undefined && eps < 0.99 * this.#eps) return;
    const before = this.#right;
    this.#right = tf.tidy(() => {
      const right = tf.sum<tf.Scalar>(tf.sub(1, tf.cast(success, 'float32')));
      return before ? tf.add<tf.Scalar>(before, right) : right;
    });
    before?.dispose();
    this.#count += success.size;
  }

  /** Takes in a robust accuracy; gives the warning if it is time. */
  async evaluated(robustAccuracy: number | undefined): Promise<TrainingWarning[]> {
    const right = (await this.#right?.data())?.[0] ?? 0;
    const trainAccuracy = this.#count === 0 ? 0 : right / this.#count;
    const best = this.#best;
    this.#forget();
    if (robustAccuracy === undefined) return [];
    this.#best = Math.max(best, robustAccuracy);
    const hasCollapsed = robustAccuracy <= this.#chance || robustAccuracy < collapse * best;
    if (!hasCollapsed || trainAccuracy < this.#chance + clearlyAboveChance || this.#hasWarned) return [];
    this.#hasWarned = true;
    return [warning({ trainAccuracy, robustAccuracy, bestRobustAccuracy: best })];
  }

  async capture(): Promise<Record<string, StateArray>> {
    const right = (await this.#right?.data())?.[0] ?? 0;
    return {
      counts: { shape: [2], data: Float32Array.of(right, this.#count) },
      history: { shape: [2], data: Float32Array.of(this.#best, Number(this.#hasWarned)) },
    };
  }

  restore({ counts, history }: Readonly<Record<string, StateArray>>): void {
    this.#forget();
    this.#count = counts!.data[1]!;
    if (this.#count > 0) this.#right = tf.scalar(counts!.data[0]!);
    this.#best = history!.data[0]!;
    this.#hasWarned = history!.data[1] === 1;
  }

  dispose(): void {
    this.#forget();
  }

  #forget(): void {
    this.#right?.dispose();
    this.#right = undefined;
    this.#count = 0;
  }
}

function warning(details: {
  trainAccuracy: number;
  robustAccuracy: number;
  bestRobustAccuracy: number;
}): TrainingWarning {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  return {
    type: 'warning',
    code: 'EQUIPOISE_CATASTROPHIC_OVERFITTING',
    message:
      `Accuracy is ${percent(details.trainAccuracy)} under the attack of the training, but only ${percent(details.robustAccuracy)} under ` +
      'that of the evaluation: the model misleads the weaker attack. Use more steps, a random start, a smaller step size or ' +
      'a schedule of eps, or keep the best weights (keepBest) and stop early.',
    details,
  };
}
