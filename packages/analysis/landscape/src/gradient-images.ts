import { crossEntropy, inputGradients } from '@equipoise/autodiff';
import { margin } from '@equipoise/ascent';
import { factory, scoring, withTensors } from '@equipoise/kit';
import {
  defineComponent,
  UnsupportedError,
  type Analysis,
  type Model,
  type Report,
  type RunContext,
  type Subject,
} from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { visitFirst, type ImageBatch } from './first-batches.js';
import { compareGradients, gradientReport, type GradientData, type SeenGradient } from './gradient-report.js';
import { imageOptions } from './options.js';

const schema = z.strictObject({
  images: z.int().positive().default(200).describe('How many images the alignment is averaged over, from the first on'),
  shown: z.int().positive().max(64).default(10).describe('How many of them are shown, spread over the classes'),
  ...imageOptions,
});

type Settings = z.output<typeof schema>;

async function analyzeGradients(subject: Subject, context: RunContext, settings: Settings): Promise<Report> {
  const { model, name, dataset } = subject;
  for (const [has, what] of [
    [model.supports.logits, 'logits'] as const,
    [model.supports.gradients, 'gradients'] as const,
  ]) {
    if (!has) throw new UnsupportedError('analysis "gradient-images"', what, `model "${name}"`);
  }
  const seen = (
    await visitFirst(subject, { ...settings, signal: context.signal }, (batch) => gradientsOf(batch, model))
  ).flat();
  return gradientReport(name, seen, {
    shape: dataset.info.inputShape,
    classes: dataset.info.classes,
    shown: settings.shown,
  });
}

async function gradientsOf({ x, labels, sampleIndices }: ImageBatch, model: Model): Promise<SeenGradient[]> {
  return withTensors(async (own) => {
    const logitsOf = (at: tf.Tensor) => model.forward(at, scoring).logits!;
    const ofLoss = own(inputGradients((at) => crossEntropy(logitsOf(at), labels), x));
    const ofMargin = own(inputGradients((at) => margin(logitsOf(at), labels), x));
    const [input, loss, difference] = await Promise.all([x.data(), ofLoss.gradients.data(), ofMargin.gradients.data()]);
    const classes = await labels.data();
    const size = input.length / sampleIndices.length;
    return sampleIndices.map((_, row) => {
      const part = (values: ArrayLike<number>) =>
        Array.from({ length: size }, (__, place) => values[row * size + place]!);
      return { label: classes[row]!, input: part(input), gradient: part(loss), margin: part(difference) };
    });
  }) as Promise<SeenGradient[]>;
}

/**
 * What the gradient of the loss with respect to the input looks like, and how far it points along the image.
 *
 * Shown: (g − mean g)/(3·std g) + ½ for every image, cut off at [0, 1], as in Tsipras et al. (2019, "Robustness may be at odds with
 * accuracy", figure 2): noise for a model that was trained without attacks, strokes and edges for a robust one. Alignment: the
 * mean of |⟨x, ∇m⟩| / (|x|·|∇m|), m the margin of the true class (after Etmann et al. 2019, whose alignment is not divided by |x|; here
 * a cosine, so that it has no unit).
 *
 * Throws a `DataError` for a missing split, an `UnsupportedError` without logits or gradients.
 */
export const gradientImagesComponent = defineComponent({
  specVersion: 1,
  kind: 'analysis',
  name: 'gradient-images',
  description: 'Input gradients as pictures, and their alignment with the image',
  options: schema,
  create: (settings): Analysis => ({
    needs: { splits: [settings.split], logits: true },
    doAnalyze: (subject, context) => analyzeGradients(subject, context, settings),
    doCompare: (entries) =>
      compareGradients(
        entries.map(({ row, seed, report }) => ({ row, seed, report, data: report.data as unknown as GradientData })),
      ),
  }),
});

/** Options of `gradient-images`. */
export type GradientImagesOptions = z.input<typeof schema>;

/** Makes the analysis of {@link gradientImagesComponent} from code. */
export const gradientImages = factory(gradientImagesComponent);
