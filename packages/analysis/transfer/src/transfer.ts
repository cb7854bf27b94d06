import { checkLabels, factory } from '@equipoise/kit';
import {
  type Analysis,
  DataError,
  defineComponent,
  type Model,
  type Report,
  type RunContext,
  type Subject,
  UnsupportedError,
} from '@equipoise/spec';
import { compareTransfer } from './compare-transfer.js';
import { type ResolvedTransferOptions, transferSchema } from './options.js';
import {
  accuraciesOn,
  accuracyOf,
  chooseTargets,
  classCount,
  crossPredictions,
  openSamples,
  predictClean,
  type Samples,
} from './predict.js';
import { modeData, type ModeData, type TransferData } from './transfer-data.js';
import { transferMatrix, type TransferMode } from './transfer-matrix.js';
import { transferReport } from './transfer-report.js';

interface Named {
  readonly name: string;
  readonly model: Model;
}

async function analyzeTransfer(subject: Subject, outer: RunContext, options: ResolvedTransferOptions): Promise<Report> {
  const named = [{ name: subject.name, model: subject.model }, ...Object.entries(options.models).map(nameModel)];
  checkModels(named, options);
  const context = { ...outer, rng: outer.rng.fork('transfer') };
  const { signal } = context;
  const models = named.map(({ model }) => model);
  const samples = await openSamples(subject.dataset, options.split, options.samples, options.batchSize);
  const classes = Math.min(...models.map(classCount));
  checkLabels(samples.split.labels.subarray(0, samples.count), classes, `Split "${options.split}"`);
  const clean = await predictClean(models, samples, signal);
  const cleanAccuracies = clean.map((one) => accuracyOf(one, samples.split.labels));
  const { kind, accuracies } = await findAccuracies(named, options, cleanAccuracies, signal);
  const modes: ModeData[] = [];
  for (const mode of options.modes) {
    modes.push(await crossAll(mode, { named, options, samples, clean, classes, accuracies }, context));
  }
  const data: TransferData = {
    models: named.map(({ name }) => name),
    split: options.split,
    samples: samples.count,
    cleanAccuracies,
    accuracyOf: kind,
    accuracies,
    modes,
  };
  return transferReport(data);
}

const nameModel = ([name, model]: [string, Model]): Named => ({ name, model });

function checkModels(named: readonly Named[], { attack, modes }: ResolvedTransferOptions): void {
  const shape = named[0]?.model.inputShape.join(' × ');
  const names = named.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new DataError(`Two models are called "${twice}"; expected names that differ.`);
  if (modes.includes('targeted') && !attack.supports.targeted) {
    throw new UnsupportedError('analysis "transfer" in the mode "targeted"', 'target classes', 'the attack');
  }
  for (const { name, model } of named) {
    if (!model.supports.logits) throw new UnsupportedError('analysis "transfer"', 'logits', `model "${name}"`);
    const own = model.inputShape.join(' × ');
    if (own !== shape) {
      throw new DataError(
        `Model "${name}" takes inputs of ${own}, model "${names[0]}" of ${shape}; expected the same.`,
      );
    }
  }
}

async function findAccuracies(
  named: readonly Named[],
  { accuracies, features, featuresSplit, samples, batchSize }: ResolvedTransferOptions,
  clean: readonly number[],
  signal: AbortSignal | undefined,
): Promise<{ kind: TransferData['accuracyOf']; accuracies: (number | null)[] }> {
  if (accuracies) {
    const known = named.map(({ name }, index) => accuracies[name] ?? (index === 0 ? accuracies['subject'] : undefined));
    return { kind: 'given', accuracies: known.map((value) => value ?? null) };
  }
  if (!features) return { kind: 'clean', accuracies: [...clean] };
  const chosen = await openSamples(features, featuresSplit, samples, batchSize);
  const models = named.map(({ model }) => model);
  return { kind: 'features', accuracies: await accuraciesOn(models, chosen, signal) };
}

interface Scene {
  readonly named: readonly Named[];
  readonly options: ResolvedTransferOptions;
  readonly samples: Samples;
  readonly clean: readonly Int32Array[];
  readonly classes: number;
  readonly accuracies: readonly (number | null)[];
}

async function crossAll(mode: TransferMode, scene: Scene, context: RunContext): Promise<ModeData> {
  const { named, options, samples, clean, classes, accuracies } = scene;
  const labels = samples.split.labels.slice(0, samples.count);
  const targets = chooseTargets(mode, options.targets, labels, classes, context.rng);
  const models = named.map(({ model }) => model);
  const adversarial: Int32Array[][] = [];
  for (const source of models.keys()) {
    const own = { ...context, rng: context.rng.fork(mode) };
    adversarial.push(await crossPredictions({ models, attack: options.attack, samples, targets, clean }, source, own));
    context.report({ type: 'progress', label: `transfer, ${mode}`, done: source + 1, total: models.length });
  }
  const cells = transferMatrix({ labels, clean, adversarial, ...(targets && { targets }) });
  return modeData(mode, cells, accuracies);
}

/**
 * How adversarial examples move between models: those made on each are shown to all, and the share that fools a model is taken over the
 * samples that both get right when clean. Its correlation with the accuracy of the models that are fooled tells whether
 * they are fooled by features that they share (Ilyas et al. 2019, "Adversarial Examples Are Not Bugs, They Are Features",
 * section 3.3 and figure 3: there, the accuracy of an architecture that was trained on D_det of the source).
 *
 * Several trainings are compared by the examples of the same other models.
 *
 * Throws an `UnsupportedError` for a model without logits or an attack that cannot aim, a `DataError` for models of another input shape,
 * equal names, a missing split or wrong labels, a `NumericalError` if a logit is NaN or infinite.
 */
export const transferComponent = defineComponent({
  specVersion: 1,
  kind: 'analysis',
  name: 'transfer',
  description:
    'How adversarial examples move between models, and how that goes along with what the models have learned',
  options: transferSchema,
  references: { attack: 'attack', models: 'model', features: 'dataset' },
  create: (options): Analysis => ({
    needs: { splits: [options.split], logits: true },
    doAnalyze: (subject, context) => analyzeTransfer(subject, context, options),
    doCompare: compareTransfer,
  }),
});

/** Makes the analysis of {@link transferComponent} from code. */
export const transfer = factory(transferComponent);
