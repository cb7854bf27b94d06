import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { activateBackend, analyze, createPartialStorage, renderHtml, type Registry } from '@equipoise/core';
import { createFolderStorage, renderTerminal, runFiles, writeFileAtomic } from '@equipoise/core/node';
import { createRng } from '@equipoise/kit';
import type { AnyComponent, ComponentReference, Report, RunContext } from '@equipoise/spec';
import type { Command } from 'commander';
import type { Output } from '../output.js';
import { interruption } from '../run/interruption.js';
import { openSubject } from '../subject/open-subject.js';
import { referenceOf } from '../subject/reference.js';
import { examples, registryOf } from './common.js';
import { eventPrinter } from './event-printer.js';
import { type SubjectCommandOptions, withAttacks, withSubject } from './subject-options.js';

interface EvaluateOptions extends SubjectCommandOptions {
  readonly attack?: readonly string[];
  readonly eps?: string;
  readonly folder?: string;
}

/** What is run where nobody names an attack: the standard ensemble. */
const standard: ComponentReference = { use: 'auto-attack', options: { eps: '8/255' } };

/** "0.1,8/255" as radii; fractions stay text, which the schema reads. */
function radiiOf(text: string): (number | string)[] {
  return text.split(',').map((one) => (one.includes('/') ? one.trim() : Number(one)));
}

function attacksOf(references: readonly ComponentReference[]): Record<string, ComponentReference> {
  const named: Record<string, ComponentReference> = {};
  for (const reference of references) {
    const taken = Object.keys(named).filter((name) => name.replace(/-\d+$/, '') === reference.use).length;
    named[taken === 0 ? reference.use : `${reference.use}-${taken + 1}`] = reference;
  }
  return named;
}

/** An attack that keeps within a radius, and was named without one, gets the first of the evaluation's radii. */
function withRadius(
  reference: ComponentReference,
  eps: number | string | undefined,
  registry: Registry<AnyComponent>,
): ComponentReference {
  const isKnown = registry.list('attack').some(({ name }) => name === reference.use);
  const example = isKnown ? registry.describe('attack', reference.use).example : undefined;
  return 'eps' in ((example ?? {}) as object)
    ? { ...reference, options: { eps, ...(reference.options as object) } }
    : reference;
}

async function evaluateModel(path: string, options: EvaluateOptions, output: Output): Promise<void> {
  const registry = await registryOf(options);
  const active = await activateBackend(registry, options.backend ?? 'auto');
  const folder = resolve(options.folder ?? join('evaluations', basename(resolve(path))));
  const { report: tell, stop } = eventPrinter(output);
  const { split, samples, batchSize, eps } = options;
  const named = await Promise.all((options.attack ?? []).map((text) => referenceOf(text, '--attack')));
  const references = eps === undefined ? named : named.map((one) => withRadius(one, radiiOf(eps)[0], registry));
  const settings = {
    attacks: attacksOf(references.length === 0 ? [standard] : references),
    split,
    batchSize,
    ...(samples === undefined ? {} : { samples }),
    ...(eps === undefined ? {} : { eps: radiiOf(eps) }),
  };
  const subject = await openSubject(path, options, registry, tell);
  const { signal, release } = interruption(() => output.note('Stopping; the same command goes on from here.'));
  try {
    await mkdir(folder, { recursive: true });
    const storage = createPartialStorage(createFolderStorage(folder), 'robustness');
    const context: RunContext = { rng: createRng(options.seed ?? 0), report: tell, signal, storage };
    const analysis = await registry.createUnknown('analysis', 'robustness', settings, context);
    output.note(
      `${subject.name} on ${subject.dataset.info.name}, by ${active.name} (${active.device}).\nFolder: ${folder}`,
    );
    const report = await analyze(analysis, subject, context);
    stop();
    await write(folder, report);
    output.out(
      options.json ? JSON.stringify(report) : renderTerminal(report, { width: output.width, color: output.color }),
    );
    output.note(`Page: ${join(folder, runFiles.page)}`);
  } finally {
    stop();
    release();
    subject.model.dispose();
  }
}

async function write(folder: string, report: Report): Promise<void> {
  await writeFileAtomic(join(folder, runFiles.report), `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFileAtomic(join(folder, runFiles.page), await renderHtml(report));
}

/** Adds `equipoise evaluate`. */
export function addEvaluate(program: Command, output: Output): void {
  const command = program
    .command('evaluate')
    .summary('how robust a trained model is')
    .description(
      'Attack a trained model and write a report: robust accuracy over radii, minimal distances, checks. An evaluation that was interrupted goes ' +
        'on when the same command is given again.',
    )
    .argument('<model>', 'the folder of a run, a .safetensors file, or a model.json of tfjs-layers')
    .option('--eps <list>', 'radii, such as 0.1,0.2 or 4/255,8/255; by default those of the attacks')
    .option('--folder <folder>', 'where the report goes; by default evaluations/<name of the model>')
    .addHelpText(
      'after',
      examples(
        'evaluate runs/adversarial-training-mnist --eps 0.1,0.2,0.3 --samples 500',
        `evaluate model.safetensors --model '{"use":"cnn","options":{"preset":"small"}}' --dataset mnist --attack '{"use":"pgd","options":{"eps":0.1}}'`,
      ),
    );
  withSubject(withAttacks(command, 'an attack, a name or JSON; may be repeated; by default auto-attack')).action(
    (path: string, options: EvaluateOptions) => evaluateModel(path, options, output),
  );
}
