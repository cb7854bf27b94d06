import { findNonFinite, validateOptions } from '@equipoise/kit';
import { NumericalError, ShapeError } from '@equipoise/spec';
import * as z from 'zod';
import { requireClasses, requireExamples } from '../checks/arrays.js';

const schema = z.strictObject({
  bins: z.int().positive().default(15).describe('Number of bins of equal width between 0 and 1.'),
});

/** Logits and labels of the same examples; what `predict` of core gives has the first two. */
export interface JudgedLogits {
  /** Unnormalised scores z, row-major. */
  readonly logits: ArrayLike<number>;
  /** `[examples, classes]`. */
  readonly shape: readonly [examples: number, classes: number];
  /** The true classes, one an example. */
  readonly labels: ArrayLike<number>;
}

/** Options of {@link calibration}. */
export interface CalibrationOptions {
  /** Number of bins K of equal width between 0 and 1; default 15, as in Guo et al. */
  readonly bins?: number;
}

/** The examples whose confidence is in (low, high]. */
export interface CalibrationBin {
  /** Confidence above this, */
  readonly low: number;
  /** and at most this. */
  readonly high: number;
  /** Number of examples. */
  readonly count: number;
  /** The share of them that are right; 0 without examples. */
  readonly accuracy: number;
  /** Their mean confidence; 0 without examples. */
  readonly confidence: number;
}

/** How far a classifier's probabilities can be taken at their word. */
export interface Calibration {
  /** Σ over bins of (share of the examples)·|accuracy − mean confidence|, from 0 to 1. */
  readonly expectedCalibrationError: number;
  /** The largest |accuracy − mean confidence| of a bin with examples. */
  readonly maximumCalibrationError: number;
  /** Mean of Σ_c (p_c − [c = label])², from 0 to 2. */
  readonly brierScore: number;
  /** Mean of −log p_label, in nats. */
  readonly negativeLogLikelihood: number;
  /** The bins of the reliability diagram, from low to high confidence. */
  readonly bins: readonly CalibrationBin[];
}

/**
 * Calibration errors, Brier score and log likelihood of p = softmax(z), in float64.
 *
 * The confidence of an example is its largest probability; bin k of K holds confidences in (k/K, (k+1)/K]. Among equal
 * logits the first class is the predicted one. The log likelihood is taken from the logits, log Σ_c exp z_c − z_label, so
 * that a probability too small for a number costs what it should.
 *
 * Sources: Guo et al. (2017), "On Calibration of Modern Neural Networks", eqs. 3 to 5, after Naeini et al. (2015); Brier (1950).
 *
 * @throws InvalidOptionsError unless `bins` is a whole number above 0
 * @throws ShapeError if logits, shape and labels do not fit together
 * @throws DataError if there are no examples, or a label is not one of the classes
 * @throws NumericalError if a logit is NaN or infinite
 */
export function calibration(judged: JudgedLogits, options: CalibrationOptions = {}): Calibration {
  const { bins } = validateOptions(schema, 'calibration', options);
  checkJudged(judged);
  const [count, classes] = judged.shape;
  const tallies = Array.from({ length: bins }, () => ({ count: 0, right: 0, confidence: 0 }));
  let brier = 0;
  let loss = 0;
  for (let index = 0; index < count; index++) {
    const label = judged.labels[index] as number;
    const { probabilities, predicted, logLikelihood } = softmaxRow(judged.logits, index * classes, classes, label);
    const confidence = probabilities[predicted] as number;
    const tally = tallies[Math.min(Math.ceil(confidence * bins), bins) - 1] as (typeof tallies)[number];
    tally.count += 1;
    tally.right += Number(predicted === label);
    tally.confidence += confidence;
    probabilities.forEach((probability, one) => (brier += (probability - Number(one === label)) ** 2));
    loss -= logLikelihood;
  }
  const rows = tallies.map((tally, bin) => ({
    low: bin / bins,
    high: (bin + 1) / bins,
    count: tally.count,
    accuracy: tally.right / Math.max(tally.count, 1),
    confidence: tally.confidence / Math.max(tally.count, 1),
  }));
  const gaps = rows.map((bin) => Math.abs(bin.accuracy - bin.confidence));
  return {
    expectedCalibrationError: rows.reduce((sum, bin, one) => sum + (bin.count / count) * (gaps[one] as number), 0),
    maximumCalibrationError: Math.max(...gaps),
    brierScore: brier / count,
    negativeLogLikelihood: loss / count,
    bins: rows,
  };
}

function checkJudged({ logits, shape, labels }: JudgedLogits): void {
  const [count, classes] = shape;
  requireExamples('calibration', count);
  if (shape.length !== 2 || !(classes > 0) || logits.length !== count * classes) {
    throw new ShapeError('logits, by their number of values,', [count * classes], [logits.length]);
  }
  requireClasses('labels', labels, count, classes);
  const wrong = findNonFinite(logits);
  if (wrong === -1) return;
  const [example, one] = [Math.floor(wrong / classes), wrong % classes];
  throw new NumericalError(
    `The logits of example ${example} hold ${logits[wrong]} for class ${one}; expected finite numbers.`,
    { example, class: one, value: logits[wrong] },
  );
}

function softmaxRow(logits: ArrayLike<number>, begin: number, classes: number, label: number) {
  let predicted = 0;
  for (let one = 1; one < classes; one++) {
    if ((logits[begin + one] as number) > (logits[begin + predicted] as number)) predicted = one;
  }
  const maximum = logits[begin + predicted] as number;
  const probabilities = Float64Array.from({ length: classes }, (_, one) =>
    Math.exp((logits[begin + one] as number) - maximum),
  );
  const total = probabilities.reduce((sum, value) => sum + value, 0);
  const logLikelihood = (logits[begin + label] as number) - maximum - Math.log(total);
  return { probabilities: probabilities.map((value) => value / total), predicted, logLikelihood };
}
