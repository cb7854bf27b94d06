import { validateOptions } from '@equipoise/kit';
import { ShapeError } from '@equipoise/spec';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { requireClasses, requireLength, requireValues } from '../checks/arrays.js';
import {
  nearestNeighbours,
  type NearestNeighboursOptions,
  nearestNeighboursSchema,
  type Neighbours,
} from './nearest-neighbours.js';

const votesSchema = z.strictObject({
  classes: z.int().positive().describe('Number of classes.'),
  temperature: z
    .number()
    .positive()
    .nullable()
    .default(0.07)
    .describe('A neighbour votes with exp(similarity / temperature); null: every neighbour votes with 1.'),
});

const classificationSchema = z.strictObject({ ...nearestNeighboursSchema.shape, ...votesSchema.shape });

/** Options of {@link neighbourVotes}. */
export interface NeighbourVotesOptions {
  /** Number of classes; every label of the bank is below it. */
  readonly classes: number;
  /** T in the weight exp(similarity / T); default 0.07. `null`: every neighbour has the same weight. */
  readonly temperature?: number | null;
}

/** Options of {@link neighbourClassification}. */
export interface NeighbourClassificationOptions extends NearestNeighboursOptions, NeighbourVotesOptions {}

/** What the neighbours of each query voted for. */
export interface NeighbourVotes {
  /** `[queries, classes]`. */
  readonly shape: readonly [queries: number, classes: number];
  /** Each class's share of the votes, row-major; every row sums to 1. */
  readonly votes: Float64Array;
  /** The class with the most votes, one a query; among equals the first. */
  readonly predictions: Int32Array;
}

/** Votes and the neighbours that cast them. */
export interface NeighbourClassification extends NeighbourVotes {
  /** The neighbours. */
  readonly neighbours: Neighbours;
}

/**
 * Lets neighbours vote for their labels: the vote for class c is Σ over neighbours j with label c of exp(s_j/T), divided by
 * the sum over all classes. The largest similarity is subtracted first, so that no temperature overflows.
 *
 * Source: Wu et al. (2018), "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", section 3.4.
 *
 * @param neighbours what {@link nearestNeighbours} gives
 * @param bankLabels the class of every row of the bank
 * @throws InvalidOptionsError unless `classes` is a whole number above 0 and `temperature` is above 0 or null
 * @throws ShapeError if indices and similarities are not of the shape that they claim
 * @throws DataError if a label is not one of the classes, an index is not one of a label, or a similarity is not finite
 */
export function neighbourVotes(
  neighbours: Neighbours,
  bankLabels: ArrayLike<number>,
  options: NeighbourVotesOptions,
): NeighbourVotes {
  const { classes, temperature } = validateOptions(votesSchema, 'neighbourVotes', options);
  checkNeighbours(neighbours, bankLabels, classes);
  const [queries, k] = neighbours.shape;
  const votes = new Float64Array(queries * classes);
  const predictions = new Int32Array(queries);
  for (let query = 0; query < queries; query++) {
    const similarities = neighbours.similarities.subarray(query * k, (query + 1) * k);
    const weights = voteWeights(similarities, temperature);
    const row = votes.subarray(query * classes, (query + 1) * classes);
    weights.forEach((weight, place) => {
      const label = bankLabels[neighbours.indices[query * k + place] as number] as number;
      row[label] = (row[label] as number) + weight;
    });
    predictions[query] = row.indexOf(Math.max(...row));
  }
  return { shape: [queries, classes], votes, predictions };
}

/**
 * Classifies embeddings by their neighbours in a labelled bank: {@link nearestNeighbours}, then {@link neighbourVotes}.
 * Embed bank and queries in inference mode, without augmentation.
 *
 * @param x queries, `[queries, features]`, float32; the caller keeps it, and the bank, alive until the promise is settled
 * @param bank `[rows, features]`, float32
 * @param bankLabels the class of every row of the bank
 * @throws what the two throw, and ShapeError if there is not one label for each row of the bank
 */
export async function neighbourClassification(
  x: Tensor,
  bank: Tensor,
  bankLabels: ArrayLike<number>,
  options: NeighbourClassificationOptions,
): Promise<NeighbourClassification> {
  const { classes, temperature, ...search } = validateOptions(classificationSchema, 'neighbourClassification', options);
  requireClasses('bankLabels', bankLabels, bank.shape[0] ?? 0, classes);
  const neighbours = await nearestNeighbours(x, bank, search);
  return { ...neighbourVotes(neighbours, bankLabels, { classes, temperature }), neighbours };
}

function checkNeighbours({ shape, indices, similarities }: Neighbours, labels: ArrayLike<number>, classes: number) {
  const [queries, k] = shape;
  if (shape.length !== 2 || !(k > 0)) throw new ShapeError('neighbours', [null, null], shape);
  requireLength('indices of the neighbours', indices, queries * k);
  requireLength('similarities of the neighbours', similarities, queries * k);
  requireClasses('bankLabels', labels, labels.length, classes);
  requireValues(
    'indices',
    indices,
    `rows of the bank, 0 to ${labels.length - 1}`,
    (row) => row >= 0 && row < labels.length,
  );
  requireValues('similarities', similarities, 'finite numbers', Number.isFinite);
}

/** exp(s/T) up to a common factor, with sum 1. */
function voteWeights(similarities: Float32Array, temperature: number | null): Float64Array {
  const nearest = similarities.reduce((most, one) => Math.max(most, one), -Infinity);
  const weights = Float64Array.from(similarities, (one) =>
    temperature === null ? 1 : Math.exp((one - nearest) / temperature),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
