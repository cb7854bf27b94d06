import { batchTensors, scoring, runAttack, withTensors } from '@equipoise/kit';
import type { Attack, Model, RunContext } from '@equipoise/spec';
import { checkBatch, type EvaluationSubject } from '@equipoise/training';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Robust accuracy: the share of examples that are right as they are and after the attack.
 *
 * The attack draws from the same streams at every evaluation, so that evaluations differ by the weights alone.
 * @param attack the attack
 * @param model the model; it must give logits
 * @param subject which examples
 * @param context randomness of the run, and who hears warnings of the attack
 */
export async function robustEvaluation(
  attack: Attack,
  model: Model,
  { split, indices, batchSize }: EvaluationSubject,
  { rng, report }: Pick<RunContext, 'rng' | 'report'>,
): Promise<{ robustAccuracy: number }> {
  const context = { rng: rng.fork('robust evaluation'), report };
  let robust = 0;
  for (let start = 0; start < indices.length; start += batchSize) {
    const sampleIndices = indices.subarray(start, start + batchSize);
    const examples = await split.examples(sampleIndices);
    checkBatch(examples, model, sampleIndices);
    robust += await withTensors(async (own) => {
      const { x, labels } = own(batchTensors(examples));
      const { success } = own(await runAttack(attack, { model, x, labels, sampleIndices }, context));
      const count = own(
        tf.tidy(() => {
          const isRight = tf.equal(tf.argMax(model.forward(x, scoring).logits!, 1), labels);
          return tf.sum(tf.cast(tf.logicalAnd(isRight, tf.logicalNot(success)), 'float32'));
        }),
      );
      return { count: (await count.data())[0]! };
    }).then(({ count }) => count);
  }
  return { robustAccuracy: robust / indices.length };
}
