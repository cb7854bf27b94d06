import type { Model, RunContext } from '@equipoise/spec';

/** A number that changes with the content of some arrays: FNV-1a over their 32-bit words. */
export function hashWords(arrays: readonly (Float32Array | Int32Array | Uint8Array)[]): number {
  let hash = 0x811c9dc5;
  for (const array of arrays) {
    const words = array instanceof Float32Array ? new Uint32Array(array.buffer, array.byteOffset, array.length) : array;
    for (let index = 0; index < words.length; index++) {
      hash = Math.imul(hash ^ (words[index] as number), 0x01000193) >>> 0;
    }
  }
  return hash;
}

/**
 * What partial results depend on beside the options: the weights, the predictions for the clean samples and the seed.
 *
 * @param predictions classes of the clean samples
 * @param labels of the clean samples
 */
export async function fingerprintOf(
  { variables }: Model,
  predictions: Int32Array,
  labels: Int32Array,
  { rng }: RunContext,
): Promise<string> {
  const weights = await Promise.all([...variables.values()].map((variable) => variable.data()));
  const hash = hashWords([...(weights as (Float32Array | Int32Array | Uint8Array)[]), predictions, labels]);
  return `${hash}-${rng.fork('fingerprint').uint32()}`;
}
