import { ballNorms } from '@equipoise/ascent';
import { batchTensors, disposeAll } from '@equipoise/kit';
import type { Norm, RunContext } from '@equipoise/spec';
import { attackBatch, type AttackedBatch } from './attack-batch.js';
import { finished } from './chunk.js';
import { type CheckOptions, distances as allNorms } from './options.js';
import { probe, type Probe } from './probe.js';
import { type AttackResult, contextOf, type Evaluation } from './run-attacks.js';

/** What the checks are judged from: JSON. */
export interface CheckMeasurements {
  /** Indices of the samples that were looked at. */
  readonly samples: readonly number[];
  /** For each norm with a ball, what plain steps and random points find at the middle one of its radii. */
  readonly probes: readonly Probe[];
  /** For each norm, the share of the samples that stand all attacks where there is no limit but the bounds. */
  readonly unbounded: readonly {
    readonly norm: string;
    readonly eps: number | null;
    readonly accuracy: number;
  }[];
  /** How long it took. */
  readonly seconds: number;
}

/** Measures what the checks are judged from, on the first samples that are right when clean. */
export async function runChecks(
  evaluation: Evaluation,
  results: readonly AttackResult[],
  options: CheckOptions,
  context: RunContext,
): Promise<CheckMeasurements> {
  const { attacks, clean, fingerprint } = evaluation;
  const right = Array.from(clean.correct.keys()).filter((index) => clean.correct[index] === 1);
  const samples = right.slice(0, options.samples);
  const facts = attacks.map(({ name, norm, hasRadius, radii }) => [name, norm, hasRadius, radii]);
  const depends = JSON.stringify([fingerprint, evaluation.options.split, facts, options, samples]);
  return finished(context.storage, 'checks', depends, () => measure(evaluation, results, samples, options, context));
}

async function measure(
  { attacks, clean, subject }: Evaluation,
  results: readonly AttackResult[],
  samples: readonly number[],
  options: CheckOptions,
  context: RunContext,
): Promise<CheckMeasurements> {
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  if (samples.length === 0) return { samples, probes: [], unbounded: [], seconds: seconds() };
  const batch: AttackedBatch = {
    ...batchTensors(await clean.split.examples(samples)),
    indices: samples,
    correct: samples.map(() => true),
  };
  try {
    const norms = allNorms.filter((norm) => attacks.some((attack) => attack.norm === norm));
    const probes: Probe[] = [];
    const unbounded: CheckMeasurements['unbounded'][number][] = [];
    for (const norm of norms) {
      context.signal?.throwIfAborted();
      const mine = results.filter(({ attack }) => attack.norm === norm);
      const eps = wholeBox(norm, batch, subject.model.bounds);
      unbounded.push({ norm, eps, accuracy: await unboundedAccuracy(mine, batch, eps, subject.model, context) });
      if (!isBallNorm(norm) || !subject.model.supports.gradients) continue;
      const radii = [...new Set(mine.flatMap(({ attack }) => attack.radii))].sort((a, b) => a - b);
      const middle = radii[(radii.length - 1) >> 1] as number;
      const problem = { model: subject.model, batch, norm, eps: middle, options };
      probes.push(await probe(problem, { ...context, rng: context.rng.fork('checks').fork(norm) }));
    }
    return { samples, probes, unbounded, seconds: seconds() };
  } finally {
    disposeAll([batch.x, batch.labels]);
  }
}

const isBallNorm = (norm: string): norm is Norm => (ballNorms as readonly string[]).includes(norm);

/** A radius whose ball holds all valid inputs; null where there is none that means something. */
function wholeBox(norm: string, { x }: AttackedBatch, bounds: readonly [number, number]): number | null {
  const size = x.size / (x.shape[0] ?? 1);
  const range = bounds[1] - bounds[0];
  const sizes: Readonly<Record<string, number>> = {
    linf: range,
    l2: range * Math.sqrt(size),
    l1: range * size,
    l0: size,
  };
  return sizes[norm] ?? null;
}

async function unboundedAccuracy(
  results: readonly AttackResult[],
  batch: AttackedBatch,
  eps: number | null,
  model: Evaluation['subject']['model'],
  context: RunContext,
): Promise<number> {
  const fooled = new Set<number>();
  for (const { attack, distances } of results) {
    if (!attack.hasRadius) {
      batch.indices.forEach((index) => distances[index] !== null && fooled.add(index));
    } else if (eps !== null) {
      const huge = { ...attack, radii: [eps] };
      const quiet = { ...contextOf(attack, context), report: () => undefined };
      const chunk = await attackBatch(model, huge, batch, 0, quiet);
      chunk.distances.forEach((distance, row) => distance !== null && fooled.add(batch.indices[row] as number));
    }
  }
  return 1 - fooled.size / batch.indices.length;
}
