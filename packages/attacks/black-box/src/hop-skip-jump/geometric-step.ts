import { distanceIn, type Evaluator, type Point, successesAmong } from '@equipoise/ascent';
import { clipToBounds, expandPerSample, withTensors } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';

/** How a step is looked for. */
export interface GeometricStepOptions {
  /** How lengths are measured. */
  readonly norm: 'linf' | 'l2';
  /** The box of valid inputs. */
  readonly bounds: readonly [low: number, high: number];
  /** The evaluator can be asked about some of the samples. */
  readonly mayShrink: boolean;
  /** How often a step is tried at most, each time half as long. */
  readonly halvings: number;
}

/**
 * A step `x + ξv` with `ξ = ‖x − x*‖/√t` in iteration t, halved until it meets the criterion (Chen, Jordan and Wainwright 2020, 4.3).
 *
 * @param point where the samples are, on the boundary
 * @param direction v, of length one
 * @param evaluator says what meets the criterion
 * @param options norm, box and number of halvings
 * @param spent queries of each sample, to which those of this search are added
 * @returns the first trial that meets the criterion; where none does, x
 */
export async function geometricStep(
  point: Point,
  direction: tf.Tensor,
  evaluator: Evaluator,
  { norm, bounds, mayShrink, halvings }: GeometricStepOptions,
  spent: number[],
): Promise<tf.Tensor> {
  return withTensors(async (own) => {
    const { x, original, streams, step } = point;
    const longest = own(tf.tidy(() => tf.div(distanceIn(norm)(x, original), Math.sqrt(step))));
    let reached = own(tf.clone(x));
    let open = streams.map((_, place) => place);
    for (let halving = 0; halving < halvings && open.length > 0; halving++) {
      const trial = own(trialAt(point, direction, longest, 2 ** -halving, bounds));
      const successes = await successesAmong(evaluator, trial, point, open, mayShrink);
      for (const place of open) spent[place] = (spent[place] as number) + 1;
      const there = open.filter((_, index) => successes[index]);
      reached = own(movedTo(trial, reached, there));
      open = open.filter((_, index) => !successes[index]);
    }
    return reached;
  });
}

function trialAt(
  { x }: Point,
  direction: tf.Tensor,
  longest: tf.Tensor,
  share: number,
  bounds: readonly [low: number, high: number],
): tf.Tensor {
  return tf.tidy(() => {
    const lengths = expandPerSample(tf.mul(longest, share), x.rank);
    return clipToBounds(tf.add(x, tf.mul(direction, lengths)), bounds);
  });
}

/** The samples at some places moved, the others where they were. */
function movedTo(trial: tf.Tensor, before: tf.Tensor, places: readonly number[]): tf.Tensor {
  return tf.tidy(() => {
    const isThere = Array.from({ length: trial.shape[0] ?? 0 }, (_, place) => places.includes(place));
    const ofInputs = tf.broadcastTo(expandPerSample(tf.tensor1d(isThere, 'bool'), trial.rank), trial.shape);
    return tf.where(ofInputs, trial, before);
  });
}
