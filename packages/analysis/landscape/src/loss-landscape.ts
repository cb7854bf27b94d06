import { crossEntropy } from '@equipoise/autodiff';
import { clipToBounds, factory, scoring, runAttack, withTensors } from '@equipoise/kit';
import {
  defineComponent,
  UnsupportedError,
  type Analysis,
  type Report,
  type RunContext,
  type Subject,
} from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { normOf, ofLengthOne, rademacher, radiusOf } from './directions.js';
import { visitFirst, type ImageBatch } from './first-batches.js';
import { compareLandscapes, landscapeReport, type Landscape } from './landscape-report.js';
import { lossLandscapeSchema, type LossLandscapeSettings } from './options.js';

async function analyzeLandscape(
  subject: Subject,
  context: RunContext,
  settings: LossLandscapeSettings,
): Promise<Report> {
  const { attack, points, images, split, batchSize } = settings;
  if (!subject.model.supports.logits) {
    throw new UnsupportedError('analysis "loss-landscape"', 'logits', `model "${subject.name}"`);
  }
  const radius = radiusOf(attack, settings.radius);
  const offsets = Array.from({ length: points }, (_, place) => radius * ((2 * place) / (points - 1) - 1));
  const first = { split, images, batchSize, signal: context.signal };
  const grids = await visitFirst(subject, first, (batch) => lossesOf(batch, offsets, { subject, context, settings }));
  const count = grids.reduce((sum, grid) => sum + grid.count, 0);
  const losses = offsets.map((_, row) =>
    offsets.map((__, column) => grids.reduce((sum, grid) => sum + grid.sums[row * points + column]!, 0) / count),
  );
  return landscapeReport(subject.name, { norm: normOf(attack), radius, offsets, images: count, losses });
}

interface Scene {
  readonly subject: Subject;
  readonly context: RunContext;
  readonly settings: LossLandscapeSettings;
}

/** Sums of the losses of a batch at every point: rows are places along the random direction, columns along the attack's. */
async function lossesOf(
  batch: ImageBatch,
  offsets: readonly number[],
  { subject: { model }, context, settings: { attack } }: Scene,
): Promise<{ sums: Float32Array; count: number }> {
  const norm = normOf(attack);
  const rng = context.rng.fork('loss landscape');
  const sums = new Float32Array(offsets.length ** 2);
  await withTensors(async (own) => {
    const { adversarial } = own(await runAttack(attack, { ...batch, model }, { ...context, rng: rng.fork('attack') }));
    const along = own(tf.tidy(() => ofLengthOne(tf.sub(adversarial, batch.x), norm)));
    const across = own(rademacher(batch, rng, norm));
    for (const [row, second] of offsets.entries()) {
      context.signal?.throwIfAborted();
      const line = own(
        tf.tidy(() =>
          tf.stack(
            offsets.map((first) => {
              const moved = tf.add(tf.add(batch.x, tf.mul(first, along)), tf.mul(second, across));
              const { logits } = model.forward(clipToBounds(moved, model.bounds), scoring);
              return tf.sum(crossEntropy(logits!, batch.labels));
            }),
          ),
        ),
      );
      sums.set(await line.data(), row * offsets.length);
    }
  });
  return { sums, count: batch.sampleIndices.length };
}

/**
 * The loss around images, in the plane of an attack's direction and a random one.
 *
 * Formula: mean over the images of the cross-entropy at clip(x + a·d + b·r), a and b from −radius to radius, d = (x' − x)/|x' − x| with
 * the attack's end x', r of random signs scaled to |r| = 1, norms as the attack's. After Tramèr et al. (2018, "Ensemble adversarial
 * training", figure 1), who take the gradient's direction; departures: the end of an attack, the mean over images, clipping. A
 * landscape that is flat along the gradient but rises elsewhere is a sign of masked gradients.
 *
 * Throws a `DataError` for a missing split, an `UnsupportedError` without logits, or without `radius` where the attack has none.
 */
export const lossLandscapeComponent = defineComponent({
  specVersion: 1,
  kind: 'analysis',
  name: 'loss-landscape',
  description: "The loss around images, along an attack's direction and a random one",
  options: lossLandscapeSchema,
  references: { attack: 'attack' },
  create: (settings): Analysis => ({
    needs: { splits: [settings.split], logits: true },
    doAnalyze: (subject, context) => analyzeLandscape(subject, context, settings),
    doCompare: (entries) =>
      compareLandscapes(
        entries.map(({ row, seed, report }) => ({ row, seed, landscape: report.data as unknown as Landscape })),
      ),
  }),
});

/** Makes the analysis of {@link lossLandscapeComponent} from code. */
export const lossLandscape = factory(lossLandscapeComponent);
