import { util } from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../binding/types.js';
import { execute, extend, extensionOf, nodeKernel, type TensorInfo } from './kernel.js';

interface Factors {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

interface ProductAttributes {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** With fewer rows, packing the second factor costs more than the products; where it lies well its rows are read as they are. */
const leastRows = 4;
const lanes = 16;

/** Products of batches of matrices: in the loops of this package's build where the processor has vectors for them, else by TensorFlow. */
export const batchMatMul = nodeKernel<Factors, ProductAttributes>(
  'BatchMatMul',
  ({ inputs: { a, b }, attributes: { transposeA = false, transposeB = false }, backend }) =>
    ownProduct(backend, a, b, transposeA, transposeB) ??
    execute(backend, 'BatchMatMulV2', [a, b], { flags: { adj_x: transposeA, adj_y: transposeB } }),
);

function ownProduct(
  backend: TensorflowBackend,
  a: TensorInfo,
  b: TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): TensorInfo | undefined {
  const { multiply } = extensionOf(backend) ?? {};
  const rows = a.shape.at(transposeA ? -1 : -2) as number;
  const batch = batchOf(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const areFloats = a.dtype === 'float32' && b.dtype === 'float32';
  if (multiply === undefined || !areFloats || batch === undefined) return undefined;
  const columns = b.shape.at(transposeB ? -2 : -1) as number;
  const isReadAsItLies = !transposeB && columns % lanes === 0 && util.sizeFromShape([...batch]) === 1;
  if (rows < leastRows && !isReadAsItLies) return undefined;
  const shape = [...batch, rows, columns];
  return extend(backend, [a, b], shape, (...ids) => multiply(ids[0]!, ids[1]!, Number(transposeA), Number(transposeB)));
}

/** The axes of a batch of products: one batch, or a batch and a single matrix with no more axes; nothing where both axes are stretched. */
function batchOf(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  if (util.arraysEqual([...a], [...b])) return a;
  const [longer, shorter] =
    a.length > b.length || (a.length === b.length && util.sizeFromShape([...a]) !== 1) ? [a, b] : [b, a];
  return util.sizeFromShape([...shorter]) === 1 ? longer : undefined;
}
