import { validateOptions } from '@equipoise/kit';
import { InvalidOptionsError, NumericalError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { requireRows } from '../checks/embeddings.js';
import { type BestRows, emptyBest, offer } from './best-rows.js';
import { unitRows } from './unit-rows.js';

/** Schema of the options of {@link nearestNeighbours}. */
export const nearestNeighboursSchema = z.strictObject({
  k: z.int().positive().default(20).describe('How many neighbours.'),
  queryBlock: z.int().positive().default(256).describe('Queries that are compared at a time.'),
  bankBlock: z.int().positive().default(4096).describe('Rows of the bank that are compared at a time.'),
});

/** Options of {@link nearestNeighbours}. */
export interface NearestNeighboursOptions {
  /** How many neighbours; default 20, at most the rows of the bank. */
  readonly k?: number;
  /** Queries that are compared at a time; default 256. Changes memory and time, not results beyond rounding. */
  readonly queryBlock?: number;
  /** Rows of the bank that are compared at a time; default 4096. Changes memory and time, not results beyond rounding. */
  readonly bankBlock?: number;
}

/** The nearest rows of a bank. */
export interface Neighbours {
  /** `[queries, k]`. */
  readonly shape: readonly [queries: number, k: number];
  /** Rows of the bank, row-major, the most similar first; among equals the one that comes first in the bank. */
  readonly indices: Int32Array;
  /** Their cosine similarities, from −1 to 1 up to rounding. */
  readonly similarities: Float32Array;
}

/**
 * The k rows of a bank with the highest cosine similarity ⟨x/|x|, b/|b|⟩ to each query.
 *
 * Similarities are made block by block and only the best k are kept, so memory beyond the arguments is a normalised copy of
 * the queries, a block of the bank, and `queryBlock · bankBlock` numbers. A row of zeros has similarity 0 to everything.
 *
 * @param x queries, `[queries, features]`, float32; the caller keeps it, and the bank, alive until the promise is settled
 * @param bank `[rows, features]`, float32
 * @throws InvalidOptionsError if an option is no whole number above 0, or k is more than the rows of the bank
 * @throws ShapeError unless both are matrices with as many features, DataError if one is empty
 * @throws NumericalError if a similarity is NaN, because an embedding is NaN or infinite
 */
export async function nearestNeighbours(
  x: tf.Tensor,
  bank: tf.Tensor,
  options: NearestNeighboursOptions = {},
): Promise<Neighbours> {
  const { k, queryBlock, bankBlock } = validateOptions(nearestNeighboursSchema, 'nearestNeighbours', options);
  const [queries, features] = requireRows('x', x);
  const [rows] = requireRows('bank', bank, 1, features);
  if (k > rows) {
    const message = `expected at most the ${rows} rows of the bank, got ${k}`;
    throw new InvalidOptionsError('nearestNeighbours', [{ path: ['k'], message }]);
  }
  const best = emptyBest(queries, k);
  const unitQueries = unitRows(x);
  try {
    for (let start = 0; start < rows; start += bankBlock) {
      const unitBlock = tf.tidy(() => unitRows(slicedRows(bank, start, bankBlock)));
      try {
        await compare(unitQueries, unitBlock, { best, firstRow: start, queryBlock });
      } finally {
        unitBlock.dispose();
      }
    }
  } finally {
    unitQueries.dispose();
  }
  return { shape: [queries, k], indices: best.indices, similarities: best.similarities };
}

interface Comparison {
  readonly best: BestRows;
  /** Where in the bank the block begins. */
  readonly firstRow: number;
  readonly queryBlock: number;
}

async function compare(
  queries: tf.Tensor2D,
  bankBlock: tf.Tensor2D,
  { best, firstRow, queryBlock }: Comparison,
): Promise<void> {
  const rows = bankBlock.shape[0];
  for (let start = 0; start < queries.shape[0]; start += queryBlock) {
    const products = tf.tidy(() => tf.matMul(slicedRows(queries, start, queryBlock), bankBlock, false, true));
    const similarities = await products.data().finally(() => products.dispose());
    for (let index = 0, query = start; index < similarities.length; query++) {
      for (let row = firstRow; row < firstRow + rows; row++, index++) {
        const similarity = similarities[index] as number;
        if (Number.isNaN(similarity)) throw undefinedSimilarity(query, row);
        offer(best, query, similarity, row);
      }
    }
  }
}

function slicedRows(x: tf.Tensor, start: number, most: number): tf.Tensor2D {
  const [rows, features] = x.shape as [number, number];
  return tf.slice(x as tf.Tensor2D, [start, 0], [Math.min(most, rows - start), features]);
}

function undefinedSimilarity(query: number, row: number): NumericalError {
  return new NumericalError(
    `The similarity of query ${query} and row ${row} of the bank is NaN; one of the two embeddings is not finite.`,
    { query, row },
  );
}
