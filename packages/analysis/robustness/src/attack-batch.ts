import { countCalls } from '@equipoise/ascent';
import { callAttack, disposeAll } from '@equipoise/kit';
import type { Model, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Chunk, Picture, Violation } from './chunk.js';
import { gatherRows, judge, ontoRadius } from './judge.js';
import type { NamedAttack } from './named-attacks.js';

/** A batch of samples as tensors. */
export interface AttackedBatch {
  /** The inputs, `[batch, …]`. */
  readonly x: tf.Tensor;
  /** Their classes, `[batch]`, int32. */
  readonly labels: tf.Tensor1D;
  /** Their indices in the split. */
  readonly indices: readonly number[];
  /** Whether each is right when clean. */
  readonly correct: readonly boolean[];
}

/** What is found out about a batch so far. */
interface Findings {
  readonly distances: (number | null)[];
  readonly violations: Violation[];
  readonly pictures: Picture[];
  disagreements: number;
}

/**
 * Runs an attack on those samples of a batch that are right when clean.
 *
 * An attack with a radius goes through the radii from small to large and leaves out samples that it has broken already: an
 * input that breaks a sample is inside of every larger ball. Going the other way would take a sample that held in a large
 * ball to hold in a small one, which is true of the model but not of what attacks find.
 *
 * @param model what is attacked
 * @param attack how
 * @param batch samples; they stay the caller's
 * @param pictures how many of the fooled samples to keep
 * @param context randomness (the same for the same attack, whatever the batch), the wish to stop, and an ear
 */
export async function attackBatch(
  model: Model,
  attack: NamedAttack,
  batch: AttackedBatch,
  pictures: number,
  context: RunContext,
): Promise<Chunk> {
  const begun = performance.now();
  const counting = countCalls(model);
  const findings: Findings = {
    distances: batch.correct.map((right) => (right ? null : 0)),
    violations: [],
    pictures: [],
    disagreements: 0,
  };
  for (const radius of attack.hasRadius ? attack.radii : [undefined]) {
    const open = findings.distances.flatMap((distance, row) => (distance === null ? [row] : []));
    if (open.length === 0) break;
    context.signal?.throwIfAborted();
    await attackRows({ model, counting: counting.model, attack, batch, radius, pictures }, open, findings, context);
  }
  return { ...findings, ...counting.calls, seconds: (performance.now() - begun) / 1000 };
}

interface Trial {
  readonly model: Model;
  readonly counting: Model;
  readonly attack: NamedAttack;
  readonly batch: AttackedBatch;
  readonly radius: number | undefined;
  readonly pictures: number;
}

async function attackRows(
  trial: Trial,
  rows: readonly number[],
  findings: Findings,
  context: RunContext,
): Promise<void> {
  const { attack, batch, radius, counting, model } = trial;
  const chosen = { x: gatherRows(batch.x, rows), labels: gatherRows(batch.labels, rows) };
  try {
    const sampleIndices = rows.map((row) => batch.indices[row] as number);
    const problem = { model: counting, ...chosen, sampleIndices, ...(radius === undefined ? {} : { eps: radius }) };
    const outcome = await callAttack(attack.attack, problem, context);
    try {
      const judgements = await judge({
        model,
        x: chosen.x,
        adversarial: outcome.adversarial,
        norm: attack.norm,
        radius,
      });
      const [claims, values, labels] = await Promise.all([
        outcome.success.data(),
        outcome.adversarial.data(),
        chosen.labels.data(),
      ]);
      const size = values.length / rows.length;
      judgements.forEach(({ distance, predicted, violation }, place) => {
        const sample = sampleIndices[place] as number;
        if (violation !== undefined) {
          findings.violations.push({ sample, eps: radius ?? null, what: violation });
          return;
        }
        const fooled = predicted !== labels[place] && distance > 0;
        if (fooled !== Boolean(claims[place])) findings.disagreements += 1;
        if (!fooled) return;
        const within = radius === undefined ? distance : Math.min(distance, radius);
        const counted = ontoRadius(within, attack.radii, attack.norm, size, model.bounds);
        findings.distances[rows[place] as number] = counted;
        const adversarial = Array.from(values.slice(place * size, (place + 1) * size));
        findings.pictures.push({ sample, distance: counted, predicted, adversarial });
      });
      keepFirst(findings.pictures, trial.pictures);
    } finally {
      disposeAll([outcome.adversarial, outcome.success]);
    }
  } finally {
    disposeAll(chosen);
  }
}

/** Keeps the pictures of the samples that come first in the split, so that they do not depend on the batch size. */
function keepFirst(pictures: Picture[], count: number): void {
  pictures.sort((a, b) => a.sample - b.sample);
  pictures.length = Math.min(pictures.length, count);
}
