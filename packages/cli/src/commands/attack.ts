import { resolve } from 'node:path';
import { activateBackend } from '@equipoise/core';
import { createRng } from '@equipoise/kit';
import type { RunContext } from '@equipoise/spec';
import type { Command } from 'commander';
import { usageError } from '../failure.js';
import type { Output } from '../output.js';
import { interruption } from '../run/interruption.js';
import { type Attacked, attackSamples, writeAdversarial } from '../subject/attack-samples.js';
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
