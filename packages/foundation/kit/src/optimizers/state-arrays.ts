import { DataError, ShapeError, type StateArray } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { StateTree } from './transform.js';

/**
 * The state of an optimizer or of an average as arrays by name, as a checkpoint holds them. A name is the path, joined
 * by dots, such as `optimizer.0.velocity.3`; a whole number becomes an int32 array of shape `[]`.
 *
 * @param state what an `init` or `update` gave; left as it is
 * @param prefix what the names begin with
 */
export async function stateArrays(state: StateTree, prefix = ''): Promise<Record<string, StateArray>> {
  const entries = leaves(state, prefix).map(async ([name, leaf]) => [name, await toArray(leaf)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * The state that {@link stateArrays} wrote.
 *
 * @param template a state of the same optimizer for the same weights, such as `init` gives; left as it is
 * @param arrays the arrays; those whose names do not begin with `prefix` are passed over
 * @param prefix what the names begin with
 * @returns a state of new tensors; the caller owns it
 * @throws DataError if an array is missing, or one is there that this state has no place for
 * @throws ShapeError if an array has another shape than the tensor in its place
 */
export function fromStateArrays<State extends StateTree>(
  template: State,
  arrays: Readonly<Record<string, StateArray>>,
  prefix = '',
): State {
  const expected = new Map(leaves(template, prefix));
  const given = Object.keys(arrays).filter((name) => prefix === '' || name === prefix || name.startsWith(`${prefix}.`));
  const missing = [...expected.keys()].filter((name) => !Object.hasOwn(arrays, name));
  const unknown = given.filter((name) => !expected.has(name));
  if (missing.length > 0 || unknown.length > 0) throw mismatch(missing, unknown);
  for (const [name, leaf] of expected) {
    const shape = typeof leaf === 'number' ? [] : leaf.shape;
    const array = arrays[name] as StateArray;
    if (!tf.util.arraysEqual(shape, array.shape as number[])) throw new ShapeError(`"${name}"`, shape, array.shape);
  }
  return rebuild(template, (name) => arrays[name] as StateArray, prefix) as State;
}

type Leaf = tf.Tensor | number;

function leaves(tree: StateTree, path: string): [name: string, leaf: Leaf][] {
  if (typeof tree === 'number' || tree instanceof tf.Tensor) return [[path, tree]];
  return Object.entries(tree).flatMap(([key, child]) => leaves(child as StateTree, join(path, key)));
}

function rebuild(tree: StateTree, arrayOf: (name: string) => StateArray, path: string): StateTree {
  if (typeof tree === 'number') return arrayOf(path).data[0] as number;
  if (tree instanceof tf.Tensor) {
    const { data, shape } = arrayOf(path);
    return tf.tensor(data.slice(), [...shape], tree.dtype as 'float32' | 'int32');
  }
  const children = Object.entries(tree).map(
    ([key, child]) => [key, rebuild(child as StateTree, arrayOf, join(path, key))] as const,
  );
  return Array.isArray(tree) ? children.map(([, child]) => child) : Object.fromEntries(children);
}

async function toArray(leaf: Leaf): Promise<StateArray> {
  if (typeof leaf === 'number') return { shape: [], data: Int32Array.of(leaf) };
  const values = await leaf.data();
  return {
    shape: [...leaf.shape],
    data: leaf.dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values),
  };
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function mismatch(missing: readonly string[], unknown: readonly string[]): DataError {
  const list = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');
  const parts = [
    ...(missing.length > 0 ? [`missing: ${list(missing)}`] : []),
    ...(unknown.length > 0 ? [`not expected: ${list(unknown)}`] : []),
  ];
  return new DataError(`The saved state belongs to another optimizer or model; ${parts.join('; ')}.`, {
    missing,
    unknown,
  });
}
