import * as tf from '@tensorflow/tfjs-core';

/** Tensors, and arrays, maps, sets and plain objects of them to any depth; anything else in there is passed over. */
export type TensorContainer = unknown;

/**
 * Every tensor in a container, each once: in arrays, maps, sets and plain objects to any depth. Class instances other
 * than tensors are not looked into.
 *
 * @param container what is looked into
 */
export function tensorsIn(container: TensorContainer): tf.Tensor[] {
  const found = new Set<tf.Tensor>();
  collect(container, found, new Set());
  return [...found];
}

function collect(value: unknown, found: Set<tf.Tensor>, seen: Set<object>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof tf.Tensor) found.add(value);
  else if (Array.isArray(value) || value instanceof Map || value instanceof Set) {
    for (const item of value.values()) collect(item, found, seen);
  } else if (isPlain(value)) {
    for (const item of Object.values(value)) collect(item, found, seen);
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
