import { DataError } from '@equipoise/spec';
import { requireClasses, requireExamples, requireLength } from '../checks/arrays.js';
import { minimalDistances } from './distances.js';

/** Predictions for the same samples before and after attacks. */
export interface AttackedPredictions {
  /** The true classes, one a sample. */
  readonly labels: ArrayLike<number>;
  /** What was predicted for the clean inputs. */
  readonly cleanPredictions: ArrayLike<number>;
  /** For each attack, what was predicted for its inputs. Where a sample was not attacked, its clean prediction. */
  readonly adversarialPredictions: readonly ArrayLike<number>[];
  /** For each attack, how far its inputs are from the clean ones, one distance a sample. */
  readonly adversarialDistances?: readonly ArrayLike<number>[];
}

/** How well predictions stood up to attacks. Every share is of all samples unless it says otherwise. */
export interface Robustness {
  /** Number of samples n. */
  readonly count: number;
  /** Share of the samples that are right when clean. */
  readonly cleanAccuracy: number;
  /** Share of the samples that are right when clean and under every attack. */
  readonly robustAccuracy: number;
  /** Of the samples that are right when clean, the share that some attack fooled; `NaN` if none is right. */
  readonly attackSuccessRate: number;
  /** For each attack, the share of the samples that are right when clean and under that attack. */
  readonly robustAccuracyPerAttack: readonly number[];
  /** For each sample, 1 if it is right when clean. */
  readonly cleanCorrect: Uint8Array;
  /** For each sample, 1 if it is right when clean and under every attack. */
  readonly robust: Uint8Array;
  /** For each sample, 1 if it is right when clean and some attack fooled it. */
  readonly fooled: Uint8Array;
}

/**
 * Clean and robust accuracy over all samples.
 *
 * A sample that is wrong when clean stays wrong, even where an attack happens to repair it, and its distance is 0. With
 * `adversarialDistances` each sample's smallest distance comes too: see {@link minimalDistances}.
 *
 * @throws ShapeError if an array has not one entry for each sample, or there is not one row of distances for each attack
 * @throws DataError if there are no samples or no attacks, a label or prediction is not a whole number from 0, or the
 *   distance of a fooled sample is negative, NaN or infinite
 */
export function robustness(
  predictions: AttackedPredictions & Required<Pick<AttackedPredictions, 'adversarialDistances'>>,
): Robustness & { readonly distances: Float64Array };
export function robustness(predictions: AttackedPredictions): Robustness;
export function robustness(predictions: AttackedPredictions): Robustness & { readonly distances?: Float64Array } {
  checkPredictions(predictions);
  const { labels, cleanPredictions, adversarialPredictions, adversarialDistances } = predictions;
  const count = labels.length;
  const cleanCorrect = rightOnes(cleanPredictions, labels);
  const held = adversarialPredictions.map((attacked) => rightOnes(attacked, labels).map(and(cleanCorrect)));
  const robust = held.reduce((all, one) => all.map(and(one)), cleanCorrect);
  const fooled = cleanCorrect.map((right, index) => right - (robust[index] as number));
  return {
    count,
    cleanAccuracy: total(cleanCorrect) / count,
    robustAccuracy: total(robust) / count,
    attackSuccessRate: total(fooled) / total(cleanCorrect),
    robustAccuracyPerAttack: held.map((one) => total(one) / count),
    cleanCorrect,
    robust,
    fooled,
    ...(adversarialDistances && {
      distances: minimalDistances(
        cleanCorrect,
        held.map((one, attack) => ({
          found: one.map((right) => 1 - right),
          distances: adversarialDistances[attack] as ArrayLike<number>,
        })),
      ),
    }),
  };
}

function checkPredictions(predictions: AttackedPredictions): void {
  const { labels, cleanPredictions, adversarialPredictions, adversarialDistances } = predictions;
  const count = labels.length;
  requireExamples('robustness', count);
  if (adversarialPredictions.length === 0) throw new DataError('robustness needs at least one attack; there are none.');
  requireClasses('labels', labels, count);
  requireClasses('cleanPredictions', cleanPredictions, count);
  adversarialPredictions.forEach((attacked, attack) =>
    requireClasses(`adversarialPredictions[${attack}]`, attacked, count),
  );
  if (adversarialDistances) requireLength('adversarialDistances', adversarialDistances, adversarialPredictions.length);
}

function rightOnes(predictions: ArrayLike<number>, labels: ArrayLike<number>): Uint8Array {
  return Uint8Array.from({ length: labels.length }, (_, index) => Number(predictions[index] === labels[index]));
}

function and(other: Uint8Array): (flag: number, index: number) => number {
  return (flag, index) => flag & (other[index] as number);
}

function total(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0);
}
