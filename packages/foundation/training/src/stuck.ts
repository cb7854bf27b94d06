import type { Metrics } from './evaluation.js';

/** What a constant prediction reaches at best. */
export interface Chance {
  /** Entropy of the labels, in nats; log(classes) where all are equally frequent. */
  readonly crossEntropy: number;
  /** Frequency of the most frequent label; 1 / classes where all are equally frequent. */
  readonly accuracy: number;
}

/** What the best constant prediction reaches on these labels. */
export function chanceOf(labels: ArrayLike<number>): Chance {
  const counts = new Map<number, number>();
  for (let index = 0; index < labels.length; index++) counts.set(labels[index]!, (counts.get(labels[index]!) ?? 0) + 1);
  const frequencies = Array.from(counts.values(), (count) => count / labels.length);
  return {
    crossEntropy: -frequencies.reduce((sum, frequency) => sum + frequency * Math.log(frequency), 0),
    accuracy: Math.max(...frequencies),
  };
}

/**
 * Whether a model does no better than a constant prediction: its cross-entropy is at least 98 % of the entropy of the
 * labels, and its accuracy at most three standard errors above the frequency of the most frequent one.
 * @param metrics measured on `count` examples with those labels
 */
export function isAtChance(metrics: Metrics, chance: Chance, count: number): boolean {
  if (chance.accuracy === 1) return false;
  const error = Math.sqrt((chance.accuracy * (1 - chance.accuracy)) / count);
  return metrics.crossEntropy >= 0.98 * chance.crossEntropy && metrics.accuracy <= chance.accuracy + 3 * error;
}
