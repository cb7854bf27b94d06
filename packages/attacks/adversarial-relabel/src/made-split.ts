import { requireIndices } from '@equipoise/kit';
import { DataError, type Examples, type Split } from '@equipoise/spec';
import type { HeldChunk } from './make-chunks.js';
import type { SharedSettings } from './options.js';
import type { Chunk, ChunkStore } from './storage/chunk.js';

/** Where an example is. */
interface Place {
  readonly chunk: number;
  readonly row: number;
}

/**
 * A split of examples that were made.
 *
 * @param where what it is called in errors
 * @param chunks its examples in order
 * @param store where inputs are that are not held
 * @param settings shape of an input
 * @param isKept which examples are in it
 * @throws DataError if none is
 */
export function madeSplit(
  where: string,
  chunks: readonly HeldChunk[],
  store: ChunkStore,
  { dataset }: SharedSettings,
  isKept: (fields: Chunk['fields'], row: number) => boolean = () => true,
): Split {
  const places = chunks.flatMap(({ labels, fields }, chunk) =>
    Array.from(labels, (_, row): Place => ({ chunk, row })).filter(({ row }) => isKept(fields, row)),
  );
  if (places.length === 0) throw new DataError(`The ${where} is empty: the attack succeeded on no example.`);
  const { inputShape } = dataset.info;
  const length = inputShape.reduce((product, side) => product * side, 1);
  const labelAt = ({ chunk, row }: Place) => chunks[chunk]?.labels[row] as number;
  return {
    size: places.length,
    labels: Int32Array.from(places, labelAt),
    examples: async (indices): Promise<Examples> => {
      requireIndices(where, places.length, indices);
      const wanted = Array.from(indices, (index) => places[index] as Place);
      return {
        shape: [wanted.length, ...inputShape],
        x: await inputsAt(wanted, chunks, store, length),
        labels: Int32Array.from(wanted, labelAt),
        fields: fieldsAt(wanted, chunks),
      };
    },
  };
}

async function inputsAt(
  places: readonly Place[],
  chunks: readonly HeldChunk[],
  store: ChunkStore,
  length: number,
): Promise<Float32Array> {
  const x = new Float32Array(places.length * length);
  const absent = new Map<number, number[]>();
  places.forEach(({ chunk, row }, position) => {
    const held = chunks[chunk]?.x;
    if (held) x.set(held.subarray(row * length, (row + 1) * length), position * length);
    else absent.set(chunk, [...(absent.get(chunk) ?? []), position]);
  });
  for (const [chunk, positions] of absent) {
    const rows = positions.map((position) => (places[position] as Place).row);
    const values = await store.rows(chunk, rows);
    positions.forEach((position, place) =>
      x.set(values.subarray(place * length, (place + 1) * length), position * length),
    );
  }
  return x;
}

function fieldsAt(places: readonly Place[], chunks: readonly HeldChunk[]): Chunk['fields'] {
  const names = Object.entries(chunks[0]?.fields ?? {});
  return Object.fromEntries(
    names.map(([name, first]) => {
      const at = ({ chunk, row }: Place) => chunks[chunk]?.fields[name]?.[row] as number;
      return [name, first instanceof Int32Array ? Int32Array.from(places, at) : Float32Array.from(places, at)];
    }),
  );
}
