import { encodeSafetensors, runAttack } from '@equipoise/core';
import { writeFileAtomic } from '@equipoise/core/node';
import { batchTensors, classify, distancesBetween, requireSplit, withTensors } from '@equipoise/kit';
import { type Attack, DataError, type RunContext, type Split, type StateArray, type Subject } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { usageError } from '../failure.js';

/** Which samples are attacked, and where to. */
export interface AttackSamplesOptions {
  readonly split?: string;
  readonly samples?: number;
  readonly batchSize?: number;
  readonly target?: string;
}

/** What the attack made of some samples. */
export interface Attacked {
  readonly x: Float32Array;
  readonly labels: Int32Array;
  readonly clean: Int32Array;
  readonly predictions: Int32Array;
  readonly success: Int32Array;
  readonly distances: Float32Array;
}

/** The class to aim at for each label. */
function targetsOf(target: string | undefined, labels: Int32Array, classes: number): Int32Array | undefined {
  if (target === undefined) return undefined;
  if (target === 'next') return labels.map((label) => (label + 1) % classes);
  const given = Number(target);
  if (Number.isInteger(given) && given >= 0 && given < classes) return labels.map(() => given);
  throw usageError(`--target ${target}: expected "next" or a class from 0 to ${classes - 1}.`, { target });
}

async function attackBatch(
  subject: Subject,
  attack: Attack,
  split: Split,
  indices: readonly number[],
  target: string | undefined,
  context: RunContext,
): Promise<Attacked> {
  const { model } = subject;
  return withTensors(async (own) => {
    const examples = await split.examples(indices);
    const { x, labels } = own(batchTensors(examples));
    const aims = targetsOf(target, examples.labels, model.classes ?? subject.dataset.info.classes.length);
    const targets = aims && own(tf.tensor1d(aims, 'int32'));
    const problem = { model, x, labels, sampleIndices: indices, ...(targets ? { targets } : {}) };
    const outcome = own(await runAttack(attack, problem, context));
    const norm = attack.threat?.norm ?? attack.supports.norms[0] ?? 'l2';
    const distances = await distancesBetween(x, outcome.adversarial, norm);
    const [before, after] = [await classify(model, x, 0), await classify(model, outcome.adversarial, 0)];
    return {
      x: (await outcome.adversarial.data()) as Float32Array,
      labels: examples.labels,
      clean: Int32Array.from(before.classes),
      predictions: Int32Array.from(after.classes),
      success: Int32Array.from(await outcome.success.data()),
      distances: Float32Array.from(distances),
    };
  }) as Promise<Attacked>;
}

/**
 * Attacks the first samples of a split, batch by batch.
 *
 * @throws DataError if the split is missing or empty
 * @throws EquipoiseError `EQUIPOISE_USAGE` for a target that is no class
 */
export async function attackSamples(
  subject: Subject,
  attack: Attack,
  { split: name = 'test', samples, batchSize = 100, target }: AttackSamplesOptions,
  context: RunContext,
): Promise<Attacked[]> {
  requireSplit(subject.dataset.info, name);
  const split = await subject.dataset.split(name);
  const count = Math.min(samples ?? split.size, split.size);
  if (count === 0) throw new DataError(`The split "${name}" is empty; there is nothing to attack.`);
  const batches: Attacked[] = [];
  for (let begin = 0; begin < count; begin += batchSize) {
    context.signal?.throwIfAborted();
    const indices = Array.from({ length: Math.min(batchSize, count - begin) }, (_, offset) => begin + offset);
    batches.push(await attackBatch(subject, attack, split, indices, target, context));
    context.report({ type: 'progress', label: 'attack', done: begin + indices.length, total: count });
  }
  return batches;
}

/** Writes inputs, labels, predictions, success and distances to a safetensors file. */
export async function writeAdversarial(path: string, { model }: Subject, batches: readonly Attacked[]): Promise<void> {
  const count = batches.reduce((sum, { labels }) => sum + labels.length, 0);
  const floats = (pick: (one: Attacked) => Float32Array, shape: readonly number[]): StateArray => ({
    shape,
    data: joined(batches.map(pick), Float32Array),
  });
  const integers = (pick: (one: Attacked) => Int32Array): StateArray => ({
    shape: [count],
    data: joined(batches.map(pick), Int32Array),
  });
  const arrays = {
    adversarial: floats(({ x }) => x, [count, ...model.inputShape]),
    distances: floats(({ distances }) => distances, [count]),
    labels: integers(({ labels }) => labels),
    clean: integers(({ clean }) => clean),
    predictions: integers(({ predictions }) => predictions),
    success: integers(({ success }) => success),
  };
  await writeFileAtomic(path, encodeSafetensors(arrays));
}

function joined<T extends Float32Array | Int32Array>(parts: readonly T[], Kind: new (length: number) => T): T {
  const whole = new Kind(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
