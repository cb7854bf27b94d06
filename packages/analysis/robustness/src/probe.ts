import {
  ascend,
  type Ascended,
  createRegion,
  logitObjectives,
  type Point,
  problemEvaluator,
  projectedSteps,
  type Region,
} from '@equipoise/ascent';
import { classify, disposeAll, rowsOf, withTensors } from '@equipoise/kit';
import type { Model, Norm, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { AttackedBatch } from './attack-batch.js';
import type { CheckOptions } from './options.js';

/** What plain gradient steps and random points find in a ball: JSON. */
export interface Probe {
  /** The norm of the ball. */
  readonly norm: Norm;
  /** Its radius. */
  readonly eps: number;
  /** Mean cross-entropy before the steps and after each of them. */
  readonly losses: readonly number[];
  /** Share of the samples that are still right after so many steps, by the best point so far. */
  readonly accuracies: readonly { readonly steps: number; readonly accuracy: number }[];
  /** Share of the samples that are right at every one of the random points. */
  readonly noiseAccuracy: number;
  /** How many samples have a gradient of zero before the first step. */
  readonly zeroGradients: number;
}

/** What is probed. */
export interface ProbeProblem {
  /** The model. */
  readonly model: Model;
  /** Samples that are right when clean. */
  readonly batch: AttackedBatch;
  /** The norm of the ball. */
  readonly norm: Norm;
  /** Its radius. */
  readonly eps: number;
  /** How many steps and points. */
  readonly options: CheckOptions;
}

const ACROSS = 2.5;

/**
 * Looks around in a ball without any of the attacks: projected gradient steps on the cross-entropy from the sample itself, of
 * length 2.5·eps/steps, with one, a quarter and all of the steps; and points that are uniform in the ball.
 */
export async function probe(problem: ProbeProblem, context: RunContext): Promise<Probe> {
  const { model, batch, norm, eps, options } = problem;
  const region = createRegion({ norm, eps, bounds: model.bounds }, batch.x.shape);
  const accuracies: { steps: number; accuracy: number }[] = [];
  let [losses, zeroGradients]: [number[], number] = [[], 0];
  for (const steps of [...new Set([1, Math.round(options.steps / 4), options.steps])]) {
    losses = [];
    const observe = async ({ step, seen }: Point) => {
      losses.push(meanOf(await seen.values.data()));
      if (step === 0 && seen.gradients) zeroGradients = await countZeroRows(seen.gradients);
    };
    const ascended = await climb(problem, region, steps, observe, context);
    const success = await ascended.success.data();
    disposeAll([ascended.x, ascended.values, ascended.success]);
    accuracies.push({ steps, accuracy: 1 - meanOf(Array.from(success, Number)) });
  }
  return {
    norm,
    eps,
    losses,
    accuracies,
    zeroGradients,
    noiseAccuracy: await accuracyAtRandomPoints(problem, region, context),
  };
}

function climb(
  { model, batch, eps }: ProbeProblem,
  region: Region,
  steps: number,
  observe: (point: Point) => Promise<void>,
  { signal }: RunContext,
): Promise<Ascended> {
  const problem = { model, x: batch.x, labels: batch.labels, sampleIndices: batch.indices };
  return ascend({
    original: batch.x,
    sampleIndices: batch.indices,
    evaluator: problemEvaluator(problem, { objective: logitObjectives['cross-entropy'] }),
    rule: projectedSteps({ region, stepSize: (ACROSS * eps) / steps }),
    steps,
    keep: 'success',
    observe,
    signal,
  });
}

async function accuracyAtRandomPoints(
  { model, batch, options }: ProbeProblem,
  region: Region,
  { rng, signal }: RunContext,
): Promise<number> {
  const labels = await batch.labels.data();
  const right = new Array<boolean>(batch.indices.length).fill(true);
  for (let draw = 0; draw < options.noise; draw++) {
    signal?.throwIfAborted();
    await withTensors(async (own) => {
      const rows = own(rowsOf(batch.x));
      const noisy = own(region.randomStart(rng.fork('noise').fork(draw), batch.indices, batch.x, rows));
      const { classes } = await classify(model, noisy);
      classes.forEach((predicted, row) => (right[row] &&= predicted === labels[row]));
      return [];
    });
  }
  return meanOf(right.map(Number));
}

async function countZeroRows(gradients: tf.Tensor): Promise<number> {
  const values = await gradients.data();
  const batch = gradients.shape[0] ?? 0;
  const size = values.length / batch;
  const isZero = (row: number) => values.slice(row * size, (row + 1) * size).every((value) => value === 0);
  return Array.from({ length: batch }, (_, row) => row).filter(isZero).length;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] as number;
  return sum / values.length;
}
