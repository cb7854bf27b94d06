import { resolve } from 'node:path';
import { activateBackend, encodeSafetensors, runAttack } from '@equipoise/core';
import { writeFileAtomic } from '@equipoise/core/node';
import { batchTensors, classify, createRng, distancesBetween, requireSplit, withTensors } from '@equipoise/kit';
import { type Attack, DataError, type RunContext, type Split, type StateArray, type Subject } from '@equipoise/spec';
import type { Command } from 'commander';
import * as tf from '@tensorflow/tfjs-core';
import { usageError } from '../failure.js';
import type { Output } from '../output.js';
import { interruption } from '../run/interruption.js';
import { openSubject } from '../subject/open-subject.js';
import { referenceOf } from '../subject/reference.js';
import { examples, registryOf } from './common.js';
import { eventPrinter } from './event-printer.js';
import { type SubjectCommandOptions, withAttacks, withSubject } from './subject-options.js';

interface AttackOptions extends SubjectCommandOptions {
  readonly attack?: readonly string[];
  readonly out?: string;
  readonly target?: string;
}

/** What the attack made of some samples. */
interface Attacked {
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
    const distances = await distancesBetween(x, outcome.adversarial, norm === 'total-variation' ? 'l2' : norm);
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

async function attackModel(path: string, options: AttackOptions, output: Output): Promise<void> {
  const [text, ...more] = options.attack ?? [];
  if (text === undefined || more.length > 0) throw usageError('Give exactly one --attack, a name or JSON.');
  const registry = await registryOf(options);
  const active = await activateBackend(registry, options.backend ?? 'auto');
  const { report, stop } = eventPrinter(output);
  const subject = await openSubject(path, options, registry, report);
  const { signal, release } = interruption(() => output.note('Stopping.'));
  try {
    const context: RunContext = { rng: createRng(options.seed ?? 0), report, signal };
    const { use, options: settings } = await referenceOf(text, '--attack');
    const attack = await registry.createUnknown('attack', use, settings, context);
    output.note(`${use} on ${subject.name}, by ${active.name} (${active.device}).`);
    const batches = await attackSamples(subject, attack, options, context);
    stop();
    if (options.out !== undefined) await writeAdversarial(resolve(options.out), subject, batches);
    tell(batches, options, output);
  } finally {
    stop();
    release();
    subject.model.dispose();
  }
}

async function attackSamples(
  subject: Subject,
  attack: Attack,
  { split: name = 'test', samples, batchSize = 100, target }: AttackOptions,
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

async function writeAdversarial(path: string, { model }: Subject, batches: readonly Attacked[]): Promise<void> {
  const count = batches.reduce((sum, { labels }) => sum + labels.length, 0);
  const floats = (pick: (one: Attacked) => Float32Array, shape: number[]): StateArray => ({
    shape,
    data: Float32Array.from(batches.flatMap((one) => Array.from(pick(one)))),
  });
  const integers = (pick: (one: Attacked) => Int32Array): StateArray => ({
    shape: [count],
    data: Int32Array.from(batches.flatMap((one) => Array.from(pick(one)))),
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

function tell(batches: readonly Attacked[], { json, out, target }: AttackOptions, output: Output): void {
  const all = batches.flatMap((one) =>
    Array.from(one.labels, (label, row) => ({
      right: one.clean[row] === label,
      held: one.clean[row] === label && one.predictions[row] === label,
      success: one.success[row] === 1,
      distance: one.distances[row] as number,
    })),
  );
  const share = (pick: (one: (typeof all)[number]) => boolean) => all.filter(pick).length / all.length;
  const moved = all.filter(({ right, success }) => right && success).map(({ distance }) => distance);
  const summary = {
    samples: all.length,
    cleanAccuracy: share(({ right }) => right),
    robustAccuracy: share(({ held }) => held),
    success: share(({ success }) => success),
    meanDistance: moved.length === 0 ? null : moved.reduce((sum, one) => sum + one, 0) / moved.length,
    ...(out === undefined ? {} : { file: resolve(out) }),
  };
  if (json) return output.out(JSON.stringify(summary));
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  output.out(
    [
      `${summary.samples} samples: ${percent(summary.cleanAccuracy)} right before, ${percent(summary.robustAccuracy)} right after.`,
      `${target === undefined ? 'Misclassified' : 'Classified as the target'} after the attack: ${percent(summary.success)}.`,
      summary.meanDistance === null
        ? 'No sample that was right could be broken.'
        : `Mean distance of the samples that were broken: ${summary.meanDistance.toPrecision(4)}.`,
      ...(out === undefined ? [] : [`Adversarial inputs: ${summary.file}`]),
    ].join('\n'),
  );
}

/** Adds `equipoise attack`. */
export function addAttack(program: Command, output: Output): void {
  const command = program
    .command('attack')
    .summary('attack a trained model')
    .description('Attack the samples of a split, tell how many succeed, and keep the adversarial inputs.')
    .argument('<model>', 'the folder of a run, a .safetensors file, or a model.json of tfjs-layers')
    .option('--out <file>', 'write inputs, labels, predictions, success and distances to this .safetensors file')
    .option('--target <class>', 'aim at a class, or "next" at the one after the label')
    .addHelpText(
      'after',
      examples(
        `attack runs/mine --attack '{"use":"pgd","options":{"eps":0.1}}' --samples 100 --out adversarial.safetensors`,
        `attack model.json --dataset mnist --attack '{"use":"pgd","options":{"eps":"8/255"}}' --target next`,
      ),
    );
  withSubject(withAttacks(command, 'the attack, a name or JSON')).action((path: string, options: AttackOptions) =>
    attackModel(path, options, output),
  );
}
