import { grad } from '@equipoise/autodiff';
import {
  expectClose,
  type FixtureArray,
  fixtureArray,
  type FixtureCase,
  fixtureTensor,
  forEachFixture,
  onEachBackend,
  type Tolerance,
} from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import {
  accuracy,
  alignment,
  calibration,
  collapse,
  confusion,
  medianDistances,
  minimalDistances,
  neighbourClassification,
  pearson,
  ranks,
  robustAccuracyCurve,
  robustness,
  spearman,
  uniformity,
} from '../src/index.js';

/** What was computed, under the names that the files use. */
type Results = Readonly<Record<string, tf.Tensor | ArrayLike<number> | number>>;

const data = (array: FixtureArray | undefined) => fixtureArray(array).data;

/** The rows of a matrix. */
function rows(array: FixtureArray | undefined): number[][] {
  const { data: values, shape } = fixtureArray(array);
  const [count, length] = shape as [number, number];
  return Array.from({ length: count }, (_, row) => values.slice(row * length, (row + 1) * length));
}

/** Distances as the files write them: whether one is finite, and 0 in place of infinity. */
function finiteDistances(distances: Float64Array): Results {
  return {
    distanceFound: distances.map((distance) => Number(Number.isFinite(distance))),
    distance: distances.map((distance) => (Number.isFinite(distance) ? distance : 0)),
  };
}

function bookkeeping({ inputs }: FixtureCase): Results {
  const { distances, ...shares } = robustness({
    labels: data(inputs['labels']),
    cleanPredictions: data(inputs['cleanPredictions']),
    adversarialPredictions: rows(inputs['adversarialPredictions']),
    adversarialDistances: rows(inputs['adversarialDistances']),
  });
  return { ...shares, ...finiteDistances(distances) };
}

function curves({ options, inputs }: FixtureCase): Results {
  const cleanCorrect = data(inputs['cleanCorrect']);
  const attempt = { found: data(inputs['found']), distances: data(inputs['distances']) };
  const distances = minimalDistances(cleanCorrect, [attempt]);
  const medians = medianDistances(distances, cleanCorrect);
  return {
    ...robustAccuracyCurve(distances, options.eps),
    'medianIsInfinite.all': Number(medians.all === Infinity),
    'medianIsInfinite.correct': Number(medians.correct === Infinity),
    'medianDistance.all': medians.all,
    'medianDistance.correct': medians.correct,
  };
}

function calibrations({ options, inputs }: FixtureCase): Results {
  const { data: logits, shape } = fixtureArray(inputs['logits']);
  const judged = { logits, shape: shape as [number, number], labels: data(inputs['labels']) };
  const { bins, ...scores } = calibration(judged, options);
  return {
    ...scores,
    binCounts: bins.map(({ count }) => count),
    binAccuracy: bins.map((bin) => bin.accuracy),
    binConfidence: bins.map(({ confidence }) => confidence),
  };
}

function confusions({ options, inputs }: FixtureCase): Results {
  const judged = { labels: data(inputs['labels']), predictions: data(inputs['predictions']) };
  const { matrix, ...rates } = confusion(judged, options);
  expect(accuracy(judged)).toBe(rates.accuracy);
  return { ...rates, confusion: tf.tensor2d(matrix.map((row) => [...row])) };
}

function correlations({ inputs }: FixtureCase): Results {
  const [a, b] = [data(inputs['a']), data(inputs['b'])];
  return { 'ranks.a': ranks(a), 'ranks.b': ranks(b), spearman: spearman(a, b), pearson: pearson(a, b) };
}

async function neighbours({ options, inputs }: FixtureCase): Promise<Results> {
  const [x, bank] = [fixtureTensor(inputs['x']), fixtureTensor(inputs['bank'])];
  const found = await neighbourClassification(x, bank, data(inputs['bankLabels']), options);
  tf.dispose([x, bank]);
  return {
    neighbours: found.neighbours.indices,
    similarities: found.neighbours.similarities,
    votes: found.votes,
    predictions: found.predictions,
    accuracy: accuracy({ labels: data(inputs['labels']), predictions: found.predictions }),
  };
}

function geometry({ options, inputs }: FixtureCase): Results {
  const [x, y] = [fixtureTensor(inputs['x']), fixtureTensor(inputs['y'])];
  const { alpha, t } = options as { alpha: number; t: number };
  return {
    alignment: alignment(x, y, { alpha }),
    uniformity: uniformity(x, { t }),
    'alignmentGradients.x': grad((at) => alignment(at, y, { alpha }), x),
    'alignmentGradients.y': grad((at) => alignment(x, at, { alpha }), y),
    'uniformityGradients.x': grad((at) => uniformity(at, { t }), x),
  };
}

function collapses({ inputs }: FixtureCase): Results {
  const x = fixtureTensor(inputs['x']);
  const [population, sample] = [collapse(x, { divisor: 'population' }), collapse(x)];
  return {
    'standardDeviation.population': population.standardDeviation,
    'collapseLevel.population': population.collapseLevel,
    'standardDeviation.sample': sample.standardDeviation,
    'collapseLevel.sample': sample.collapseLevel,
  };
}

/** Which computation a case is for: the first whose mark is among its inputs or expected values. */
const computations: readonly (readonly [mark: string, compute: (fixture: FixtureCase) => Results])[] = [
  ['adversarialPredictions', bookkeeping],
  ['cleanCorrect', curves],
  ['logits', calibrations],
  ['confusion', confusions],
  ['spearman', correlations],
  ['uniformity', geometry],
  ['collapseLevel.sample', collapses],
];

function check({ expected }: FixtureCase, tolerance: Tolerance, results: Results): void {
  for (const [name, wanted] of Object.entries(expected)) {
    const value = results[name];
    if (value === undefined) throw new Error(`Nothing was computed for "${name}".`);
    expectClose(typeof value === 'number' ? [value] : value, wanted, tolerance, name);
  }
}

onEachBackend(() => {
  forEachFixture('model-metrics', async (fixture, tolerance) => {
    if ('bank' in fixture.inputs) return check(fixture, tolerance, await neighbours(fixture));
    const compute = computations.find(([mark]) => mark in fixture.inputs || mark in fixture.expected)?.[1];
    if (compute === undefined) throw new Error(`No computation for case ${fixture.id}.`);
    tf.tidy(() => check(fixture, tolerance, compute(fixture)));
  });
});
