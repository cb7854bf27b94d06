import { scoring, tidied } from '@equipoise/kit';
import { type AttackProblem, NumericalError, type RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** Forward passes that are compared to tell whether a model is random. */
const REPEATS = 5;
/** By how much two outputs of the same input, each of length one, may differ. */
const DIFFERENCE = 1e-4;
/** By how much probabilities may miss a sum of one. */
const OFF_ONE = 1e-5;
/** Share of the samples that Square may break alone before the gradients are in doubt. */
const BROKEN_BY_SQUARE = 0.002;

const warn = ({ report }: RunContext, code: string, message: string, details: object) =>
  report({ type: 'warning', code, message, details });

/**
 * What the authors' code looks at before an attack (their flags_doc.md): is the model random, does it give probabilities, does it take
 * gradients while it predicts.
 *
 * @param problem what will be attacked
 * @param context who is told
 * @param mayBeRandom whether a random model is expected
 * @throws NumericalError if a logit is NaN
 */
export async function checkModel(problem: AttackProblem, context: RunContext, mayBeRandom: boolean): Promise<void> {
  const { model, x } = problem;
  const logits = tidied(() => model.forward(x, scoring).logits as tf.Tensor2D);
  try {
    await checkRange(logits, context);
    checkGradients(problem, context);
    if (!mayBeRandom) await checkRepeats(problem, logits, context);
  } finally {
    logits.dispose();
  }
}

async function checkRange(logits: tf.Tensor2D, context: RunContext): Promise<void> {
  const summary = tidied(() =>
    tf.stack([tf.max(logits), tf.min(logits), tf.max(tf.abs(tf.sub(tf.sum(logits, 1), 1))), tf.sum(nanOf(logits))]),
  );
  const [largest, smallest, offOne, nans] = (await summary.data()) as unknown as [number, number, number, number];
  summary.dispose();
  if (nans > 0) throw new NumericalError(`The model gives NaN for unchanged inputs (${nans} logits).`, { count: nans });
  if (largest >= 1 + OFF_ONE || smallest <= -OFF_ONE || offOne >= OFF_ONE) return;
  warn(
    context,
    'EQUIPOISE_PROBABILITIES',
    'The model seems to give probabilities; where they saturate, gradients vanish and robustness is only apparent. Give logits.',
    { largest, smallest },
  );
}

const nanOf = (x: tf.Tensor) => tf.cast(tf.isNaN(x), 'float32');

/** The number of operations that were put on a tape so far. */
const taped = () => tf.engine().state.nextTapeNodeId;

function checkGradients({ model, x }: AttackProblem, context: RunContext): void {
  const before = taped();
  tf.tidy(() => void model.forward(x, scoring));
  if (taped() === before) return;
  warn(
    context,
    'EQUIPOISE_GRADIENTS_IN_INFERENCE',
    'The model takes gradients while it predicts, a dynamic defence; attacks that do not know of it may find too little.',
    { operations: taped() - before },
  );
}

async function checkRepeats({ model, x, labels }: AttackProblem, logits: tf.Tensor2D, context: RunContext) {
  const unit = (z: tf.Tensor) => tf.div(z, tf.add(tf.norm(z, 2, 1, true), 1e-10));
  const right = (z: tf.Tensor) => tf.sum(tf.cast(tf.equal(tf.argMax(z, 1), labels), 'float32'));
  const compared = tidied(() => {
    const repeats = Array.from({ length: REPEATS - 1 }, () => {
      const again = model.forward(x, scoring).logits as tf.Tensor2D;
      const difference = tf.max(tf.norm(tf.sub(unit(again), unit(logits)), 2, 1));
      return tf.stack([difference, tf.abs(tf.sub(right(again), right(logits)))]);
    });
    return tf.max(tf.stack(repeats), 0);
  });
  const [difference, predictions] = (await compared.data()) as unknown as [number, number];
  compared.dispose();
  if (difference <= DIFFERENCE && predictions === 0) return;
  warn(
    context,
    'EQUIPOISE_RANDOM_MODEL',
    "The model gives different outputs for the same inputs; use version: 'rand', which averages over draws.",
    { difference, predictions },
  );
}

/** Tells that the difference of logits ratio is replaced. */
export function warnOfFewClasses(classes: number, context: RunContext): void {
  warn(
    context,
    'EQUIPOISE_TOO_FEW_CLASSES',
    `The model has ${classes} classes; the difference of logits ratio needs three, its targeted form four, so differences of logits are used there.`,
    { classes },
  );
}

/** Tells if Square broke samples that attacks with gradients had not. */
export function warnOfSquare(broken: number, count: number, context: RunContext): void {
  if (broken / count <= BROKEN_BY_SQUARE) return;
  warn(
    context,
    'EQUIPOISE_BLACK_BOX_STRONGER',
    `Square, which uses no gradients, broke ${broken} of ${count} samples that the attacks with gradients had not; the gradients may be masked, and an adaptive attack is needed.`,
    { broken, count },
  );
}
