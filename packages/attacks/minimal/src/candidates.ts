import { copyOf, type Evaluator, logitOf, type LogitObjective, type Place, problemEvaluator } from '@equipoise/ascent';
import { scoring, oneHotLabels } from '@equipoise/kit';
import { type AttackProblem, UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

/** The option `candidates` of attacks that follow one boundary. */
export const candidatesOption = z
  .int()
  .min(1)
  .default(1)
  .describe(
    'Number of classes, the likeliest beside the label, whose boundaries are tried side by side, of which the nearest success comes back; 1: the strongest other class of each step.',
  );

/** What a search follows. */
export interface Followed {
  /** Gives the value of the boundary, zero where the class changes. */
  readonly evaluator: Evaluator;
  /** Number of copies of each sample, one for each boundary. */
  readonly copies: number;
}

/** By how much a class is ahead of the label, z_t − z_y. */
const gap: LogitObjective = (logits, labels, aims = labels) => tf.sub(logitOf(logits, aims), logitOf(logits, labels));

/**
 * Runs a search along one boundary, or along several at once, each in a copy of the sample: that between the label and its kth likeliest rival at the
 * unchanged input. With targets or an objective of the caller's there is one boundary.
 *
 * @param problem what is attacked
 * @param candidates number of boundaries
 * @param objective what is followed where there is one
 * @param body the search
 * @throws UnsupportedError if several boundaries are wanted and the model gives no logits
 */
export async function followBoundaries<T>(
  problem: AttackProblem,
  candidates: number,
  objective: LogitObjective,
  body: (followed: Followed) => Promise<T>,
): Promise<T> {
  if (candidates === 1 || problem.targets || problem.objective) {
    return body({ evaluator: problemEvaluator(problem, { objective }), copies: 1 });
  }
  const rivals = tf.tidy(() => rivalsOf(problem, candidates));
  const copies = rivals.shape[1];
  const aims = ({ rows, streams }: Place) => {
    const column = tf.tensor1d(streams.map(copyOf), 'int32');
    const places = tf.add(tf.mul(rows, tf.scalar(copies, 'int32')), column);
    return tf.gather(tf.reshape(rivals, [-1]), places) as tf.Tensor1D;
  };
  try {
    return await body({ evaluator: problemEvaluator(problem, { objective: gap, aims }), copies });
  } finally {
    rivals.dispose();
  }
}

function rivalsOf({ model, x, labels }: AttackProblem, candidates: number): tf.Tensor2D {
  const { logits } = model.forward(x, scoring);
  if (!logits) throw new UnsupportedError('A search along several boundaries', 'logits', 'the model');
  return likeliestOthers(logits, labels, candidates);
}

/**
 * The classes of the largest logits but for the label's, the largest first.
 *
 * @param logits `[batch, classes]`
 * @param labels `[batch]`, int32
 * @param count how many, if there are so many
 * @returns `[batch, count]`, int32
 */
export function likeliestOthers(logits: tf.Tensor2D, labels: tf.Tensor1D, count: number): tf.Tensor2D {
  return tf.tidy(() => {
    const classes = logits.shape[1];
    const lowest = tf.min(logits, 1, true);
    const below = tf.sub(lowest, tf.add(1, tf.abs(lowest)));
    const isLabel = tf.cast(oneHotLabels(labels, classes), 'bool');
    const without = tf.where(isLabel, tf.broadcastTo(below, logits.shape), logits);
    return tf.topk(without, Math.min(count, classes - 1)).indices as tf.Tensor2D;
  });
}
