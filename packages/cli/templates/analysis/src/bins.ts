/** What a model says about one example. */
export interface Prediction {
  /** Probability of the class that it predicts. */
  readonly confidence: number;
  /** Whether that class is the true one. */
  readonly correct: boolean;
}

/** The predictions whose confidence is in (from, to]. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Share of right ones; 0 for an empty bin. */
  readonly accuracy: number;
  /** Mean confidence; 0 for an empty bin. */
  readonly confidence: number;
}

/** Sorts predictions into bins of equal width over [0, 1]. */
export function binPredictions(predictions: readonly Prediction[], count: number): Bin[] {
  return Array.from({ length: count }, (_, index) => {
    const [from, to] = [index / count, (index + 1) / count];
    const members = predictions.filter(({ confidence }) => confidence > from && confidence <= to);
    const mean = (value: (prediction: Prediction) => number) =>
      members.length === 0 ? 0 : members.reduce((sum, one) => sum + value(one), 0) / members.length;
    return {
      from,
      to,
      count: members.length,
      accuracy: mean(({ correct }) => Number(correct)),
      confidence: mean(({ confidence }) => confidence),
    };
  });
}

/** The expected calibration error, Σ_b (n_b / n)·|accuracy_b − confidence_b|. */
export function calibrationError(bins: readonly Bin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce((sum, bin) => sum + (bin.count / total) * Math.abs(bin.accuracy - bin.confidence), 0);
}
