import { crossEntropy } from '@equipoise/autodiff';
import { UnsupportedError, type LossInput, type LossValue, type Prepared } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { FclSettings } from './options.js';
import { relationTerm } from './relation/relation-term.js';
import type { StepPlan } from './plan.js';

/** What the network gives for the clean batch and for each view. */
interface ViewOutputs {
  readonly logits: tf.Tensor2D;
  readonly embedding: tf.Tensor2D;
}

/**
 * The loss of one batch from its views, which are constants:
 * total = ℓ(x) + lowViewWeight·ℓ(x^lu) + highViewWeight·ℓ(x^hu) + λ·relation, every ℓ a mean over the batch.
 *
 * All inputs go through the network as one batch, so batch normalisation in training mode sees them together.
 */
export function lossValue(input: LossInput, prepared: Prepared, settings: FclSettings, plan: StepPlan): LossValue {
  const { low, high } = viewsFor(prepared, plan);
  const [clean, ...views] = forwardTogether(input, [input.x, ...(low ? [low] : []), ...(high ? [high] : [])]);
  const lowOutputs = low && views[0];
  const highOutputs = high && views[low ? 1 : 0];
  const parts: Record<string, tf.Scalar> = { crossEntropy: meanLoss(clean!, input.labels) };
  const terms: tf.Scalar[] = [parts['crossEntropy']!];
  const add = (name: string, value: tf.Scalar, weight: number) => {
    parts[name] = value;
    if (weight > 0) terms.push(tf.mul(value, weight));
  };
  if (lowOutputs) add('lowView', meanLoss(lowOutputs, input.labels), settings.lowViewWeight);
  if (highOutputs && settings.highViewWeight > 0) {
    add('highView', meanLoss(highOutputs, input.labels), settings.highViewWeight);
  }
  if (plan.relation && lowOutputs) {
    const high = highOutputs && { high: highOutputs.embedding };
    const embeddings = { clean: clean!.embedding, low: lowOutputs.embedding, ...high };
    add('relation', relationTerm(embeddings, settings), settings.relationWeight);
  }
  return { total: tf.addN(terms), parts };
}

function viewsFor(prepared: Prepared, plan: StepPlan): { low?: tf.Tensor; high?: tf.Tensor } {
  const { low, high } = prepared;
  for (const [name, needed, view] of [['low', plan.low, low] as const, ['high', plan.high, high] as const]) {
    if (needed && view === undefined) {
      throw new UnsupportedError('loss "fcl"', `the ${name} view of doPrepare`, 'the prepared tensors');
    }
  }
  return { ...(plan.low && low && { low }), ...(plan.high && high && { high }) };
}

function forwardTogether({ model, mode }: LossInput, inputs: readonly tf.Tensor[]): ViewOutputs[] {
  const { logits, embedding } = model.forward(inputs.length === 1 ? inputs[0]! : tf.concat([...inputs]), {
    ...mode,
    layers: false,
  });
  if (logits === undefined) throw new UnsupportedError('loss "fcl"', 'logits', 'the model');
  if (inputs.length === 1) return [{ logits, embedding }];
  const batch = inputs[0]!.shape[0]!;
  const part = (all: tf.Tensor2D, place: number) => tf.slice(all, [place * batch, 0], [batch, all.shape[1]]);
  return inputs.map((_, place) => ({ logits: part(logits, place), embedding: part(embedding, place) }));
}

function meanLoss({ logits }: ViewOutputs, labels: tf.Tensor1D): tf.Scalar {
  return tf.mean(crossEntropy(logits, labels));
}
