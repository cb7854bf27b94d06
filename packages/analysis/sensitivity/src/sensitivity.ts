import { factory, requireSplit } from '@equipoise/kit';
import {
  defineComponent,
  type Analysis,
  type Report,
  type RunContext,
  type Split,
  type Subject,
} from '@equipoise/spec';
import { compareSensitivity } from './compare-sensitivity.js';
import { measureMaps, type ImageMaps } from './measure-maps.js';
import { sensitivitySchema, type ResolvedSensitivityOptions } from './options.js';
import { regionMask } from './regions.js';
import { sensitivityReport } from './sensitivity-report.js';
import { summarize } from './summarize.js';

async function open({ dataset }: Subject, name: string): Promise<Split> {
  requireSplit(dataset.info, name);
  return dataset.split(name);
}

async function* withProgress(
  maps: AsyncIterable<ImageMaps>,
  total: number,
  context: RunContext,
): AsyncGenerator<ImageMaps> {
  let done = 0;
  for await (const image of maps) {
    yield image;
    done += 1;
    if (done % 100 === 0 || done === total) context.report({ type: 'progress', label: 'sensitivity', done, total });
  }
}

async function picture(
  subject: Subject,
  context: RunContext,
  options: ResolvedSensitivityOptions,
): Promise<ImageMaps[]> {
  if (options.pictures === 0) return [];
  const split = await open(subject, options.pictureSplit);
  const pictures: ImageMaps[] = [];
  for await (const image of measureMaps(subject.model, split, Math.min(options.pictures, split.size), options, context))
    pictures.push(image);
  return pictures;
}

async function analyzeSensitivity(
  subject: Subject,
  context: RunContext,
  options: ResolvedSensitivityOptions,
): Promise<Report> {
  const split = await open(subject, options.split);
  const count = Math.min(options.images, split.size);
  const maps = measureMaps(subject.model, split, count, options, context);
  const mask = regionMask(subject.model.inputShape, options.regions);
  const data = await summarize(withProgress(maps, count, context), mask, options);
  return sensitivityReport(subject, data, await picture(subject, context, options));
}

/**
 * Contextual feature utility and sensitivity of a model, per pixel: maps, their rank correlation, their means in the corners
 * and elsewhere, and the selectivity (corner/elsewhere for labels that the corner changes) ÷ (the same for those it keeps).
 *
 * Formulas: {@link contextualUtility}, {@link contextualSensitivity}. Source: Kim, Glasner, Ramalingam, Hsieh, Papineni, Kumar,
 * "Feature Contrastive Learning", 2021, in words; region means and selectivity are this project's own measures.
 *
 * Throws a `DataError` if a split is missing, an `UnsupportedError` if the model has no logits.
 */
export const sensitivityComponent = defineComponent({
  specVersion: 1,
  kind: 'analysis',
  name: 'sensitivity',
  description: 'Contextual utility and sensitivity per pixel: maps, rank correlation, region means, selectivity',
  options: sensitivitySchema,
  create: (options): Analysis => ({
    needs: { splits: options.pictures === 0 ? [options.split] : [options.split, options.pictureSplit], logits: true },
    doAnalyze: (subject, context) => analyzeSensitivity(subject, context, options),
    doCompare: (entries) => compareSensitivity(entries),
  }),
});

/** Makes the analysis of {@link sensitivityComponent} from code. */
export const sensitivity = factory(sensitivityComponent);
