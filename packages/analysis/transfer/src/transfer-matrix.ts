import { pearson, spearman } from '@equipoise/metrics';

/** The two ways in which an example can fool a model. */
export type TransferMode = 'untargeted' | 'targeted';

/** What models say about clean samples, and about the adversarial examples of each of them. */
export interface TransferPredictions {
  /** True classes. */
  readonly labels: ArrayLike<number>;
  /** Classes that targeted examples aim at; absent for untargeted ones. */
  readonly targets?: ArrayLike<number>;
  /** For each model, its predictions for the clean samples. */
  readonly clean: readonly ArrayLike<number>[];
  /** `adversarial[source][target]`: predictions of the target for the examples that were made on the source. */
  readonly adversarial: readonly (readonly ArrayLike<number>[])[];
}

/** How examples of one model fool another. */
export interface TransferCell {
  /** Samples that both models get right when clean. */
  readonly both: number;
  /** How many of them fool the target; as the class that was aimed at, if there was one. */
  readonly fooled: number;
  /** `fooled / both`; null without samples. */
  readonly rate: number | null;
  /** The same share of those samples that fool the source itself; null without samples. */
  readonly rateOfSuccessful: number | null;
}

/**
 * How often the adversarial examples of each model fool each model, on samples that both get right when clean.
 *
 * @returns `[source][target]`; on the diagonal the success of the attack itself
 */
export function transferMatrix({ labels, targets, clean, adversarial }: TransferPredictions): TransferCell[][] {
  const right = clean.map((predicted) => Array.from(predicted, (one, index) => one === labels[index]));
  const fools = adversarial.map((row) =>
    row.map((predicted) =>
      Array.from(predicted, (one, index) => (targets ? one === targets[index] : one !== labels[index])),
    ),
  );
  return fools.map((row, source) =>
    row.map((fooled, target) => {
      const both = fooled.flatMap((_, index) => (right[source]?.[index] && right[target]?.[index] ? [index] : []));
      const successful = both.filter((index) => fools[source]?.[source]?.[index]);
      const count = (some: readonly number[]) => some.filter((index) => fooled[index]).length;
      return {
        both: both.length,
        fooled: count(both),
        rate: both.length === 0 ? null : count(both) / both.length,
        rateOfSuccessful: successful.length === 0 ? null : count(successful) / successful.length,
      };
    }),
  );
}

/** How the rates of some pairs of models go along with the accuracy of the models that are fooled. */
export interface TransferCorrelation {
  /** How many models. */
  readonly models: number;
  /** Pearson's correlation; null for fewer than three models, or where all values are equal. */
  readonly pearson: number | null;
  /** Spearman's rank correlation; null likewise. */
  readonly spearman: number | null;
}

/** Correlates rates with accuracies, where both are known. */
export function correlateTransfer(
  rates: readonly (number | null)[],
  accuracies: readonly (number | null)[],
): TransferCorrelation {
  const pairs = rates.flatMap((rate, index) => {
    const accuracy = accuracies[index] ?? null;
    return rate === null || accuracy === null ? [] : [[rate, accuracy] as const];
  });
  if (pairs.length < 3) return { models: pairs.length, pearson: null, spearman: null };
  const [a, b] = [pairs.map(([rate]) => rate), pairs.map(([, accuracy]) => accuracy)];
  const known = (value: number) => (Number.isNaN(value) ? null : value);
  return { models: pairs.length, pearson: known(pearson(a, b)), spearman: known(spearman(a, b)) };
}
