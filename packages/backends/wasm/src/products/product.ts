import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { vectorFunctions } from '../simd/instance.js';
import { tileRows } from '../simd/tile.js';

/** A matrix product in terms of the function `multiply` of the vector module. */
export interface Product {
  /** Address of the table with two addresses for each row. */
  readonly table: number;
  readonly rows: number;
  /** Bytes from one number of a left row to the next. */
  readonly stride: number;
  /** Address of the offsets of the runs that make up a left row. */
  readonly runs: number;
  readonly runCount: number;
  readonly runLength: number;
  /** Address of the right matrix in panels. */
  readonly panels: number;
  readonly panelCount: number;
  /** Whether the product is added to what is there. */
  readonly shouldAdd: boolean;
}

/** Rows at a time, so that these rows of the left matrix and of the product stay in the cache while the panels pass by. */
const blockRows = 128;

/** Computes a matrix product. */
export function multiplyMatrices(backend: BackendWasm, product: Product): void {
  for (let first = 0; first < product.rows; first += blockRows) {
    const count = Math.min(blockRows, product.rows - first);
    const tiles = Math.floor(count / tileRows);
    multiplyBlock(backend, product, tileRows, first, tiles);
    multiplyBlock(backend, product, count % tileRows, first + tiles * tileRows, 1);
  }
}

function multiplyBlock(backend: BackendWasm, product: Product, rows: number, first: number, tiles: number): void {
  if (rows === 0 || tiles === 0) return;
  const { stride, runs, runCount, runLength, panels, panelCount, shouldAdd } = product;
  const table = product.table + 8 * first;
  const { multiply } = vectorFunctions(backend);
  multiply(rows, table, tiles, stride, runs, runCount, runLength, panels, panelCount, shouldAdd ? 1 : 0);
}
