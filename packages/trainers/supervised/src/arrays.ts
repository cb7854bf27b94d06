import { DataError, type StateArray } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** Tensors and numbers in nested arrays and plain objects: what the state of an optimizer is made of. */
export type StateTree = unknown;

/** Reads a tensor into an array of a training state. */
export async function readArray(tensor: tf.Tensor): Promise<StateArray> {
  const data = await tensor.data();
  return { shape: [...tensor.shape], data: tensor.dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data) };
}

/** Makes the tensor of an array of a training state; the caller owns it. */
export function arrayTensor({ data, shape }: StateArray): tf.Tensor {
  return tf.tensor(data.slice(), [...shape], data instanceof Int32Array ? 'int32' : 'float32');
}

/**
 * The array of a name and of a shape.
 * @throws DataError if the state has none, or one of another shape
 */
export function requireArray(
  arrays: Readonly<Record<string, StateArray>>,
  name: string,
  shape: readonly number[],
): StateArray {
  const array = arrays[name];
  if (array === undefined) {
    throw new DataError(`The training state has no array "${name}"; it was made by another model, loss or optimizer.`, {
      name,
      available: Object.keys(arrays),
    });
  }
  const same = array.shape.length === shape.length && array.shape.every((length, axis) => length === shape[axis]);
  if (!same) {
    throw new DataError(
      `Array "${name}" of the training state has shape [${array.shape.join(', ')}]; expected [${shape.join(', ')}].`,
      {
        name,
        expected: shape,
        actual: array.shape,
      },
    );
  }
  return array;
}

/** Every leaf of a tree with its path, the parts joined by dots. */
export function treeLeaves(tree: StateTree, path: string): (readonly [path: string, leaf: tf.Tensor | number])[] {
  if (tree instanceof tf.Tensor || typeof tree === 'number') return [[path, tree]];
  if (typeof tree !== 'object' || tree === null) return [];
  const entries: Iterable<readonly [PropertyKey, unknown]> =
    tree instanceof Map ? tree.entries() : Object.entries(tree);
  return [...entries].flatMap(([key, value]) => treeLeaves(value, `${path}.${String(key)}`));
}

/** The same tree with every leaf replaced. */
export function mapTree<T extends StateTree>(
  tree: T,
  path: string,
  replace: (path: string, leaf: tf.Tensor | number) => tf.Tensor | number,
): T {
  const visit = (node: unknown, at: string): unknown => {
    if (node instanceof tf.Tensor || typeof node === 'number') return replace(at, node);
    if (Array.isArray(node)) return node.map((child, index) => visit(child, `${at}.${index}`));
    if (node instanceof Map)
      return new Map([...node].map(([key, child]) => [key, visit(child, `${at}.${String(key)}`)]));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, visit(child, `${at}.${key}`)]));
  };
  return visit(tree, path) as T;
}
