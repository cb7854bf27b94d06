import type { RunContext } from '@equipoise/spec';
import type { SharedSettings } from './options.js';
import type { Chunk, ChunkStore } from './storage/chunk.js';

const MEBIBYTE = 2 ** 20;

/** What the chunks are made of. */
export interface ChunkPlan {
  readonly settings: SharedSettings;
  /** What progress is called. */
  readonly operation: string;
  /** Makes the examples of some indices of the source. */
  make(indices: Int32Array): Promise<Chunk>;
  /** All indices of the source that are used, in order. */
  readonly indices: Int32Array;
  readonly store: ChunkStore;
  readonly context: RunContext;
}

/** A chunk that exists; its inputs are in memory as far as the limit allows, else in the store. */
export type HeldChunk = Omit<Chunk, 'x'> & { readonly x: Float32Array | undefined };

/**
 * Loads the chunks that are there and makes the others, one after the other; what is made is kept at once.
 *
 * Chunks begin at the same places whatever happened before, and batches never reach over the end of a chunk, so a build that
 * was interrupted goes on to the same bits.
 *
 * @throws the signal's reason when aborted; chunks that are finished are kept
 */
export async function makeChunks(plan: ChunkPlan): Promise<readonly HeldChunk[]> {
  const { settings, operation, indices, store, context } = plan;
  const { chunkSize, memoryLimit, split } = settings;
  const held: HeldChunk[] = [];
  let bytes = 0;
  let successes = 0;
  const progress = (done: number) =>
    context.report({ type: 'progress', label: `${operation} ${split}`, done, total: indices.length });
  for (let begin = 0; begin < indices.length; begin += chunkSize) {
    const places = indices.subarray(begin, begin + chunkSize);
    const index = begin / chunkSize;
    const chunk = (await store.load(index, places.length)) ?? (await makeChunk(plan, index, places, progress));
    bytes += chunk.x.byteLength;
    const fits = !store.isDurable || bytes <= memoryLimit * MEBIBYTE;
    held.push(fits ? chunk : { labels: chunk.labels, fields: chunk.fields, x: undefined });
    for (const one of chunk.fields['success'] ?? []) successes += one;
    progress(begin + places.length);
  }
  await store.finish({ examples: indices.length, successes });
  return held;
}

async function makeChunk(
  { settings, make, indices, store, context }: ChunkPlan,
  index: number,
  places: Int32Array,
  progress: (done: number) => void,
): Promise<Chunk> {
  const parts: Chunk[] = [];
  const before = index * settings.chunkSize;
  for (let begin = 0; begin < places.length; begin += settings.batchSize) {
    context.signal?.throwIfAborted();
    parts.push(await make(places.slice(begin, begin + settings.batchSize)));
    progress(Math.min(before + begin + settings.batchSize, before + places.length, indices.length));
  }
  const chunk = joined(parts);
  await store.save(index, chunk);
  return chunk;
}

function joined(parts: readonly Chunk[]): Chunk {
  const [first] = parts as [Chunk];
  const fields = Object.keys(first.fields).map((name) => {
    const pieces = parts.map((part) => part.fields[name] as Int32Array | Float32Array);
    const all = pieces.flatMap((piece) => Array.from(piece));
    return [name, pieces[0] instanceof Int32Array ? Int32Array.from(all) : Float32Array.from(all)] as const;
  });
  const x = new Float32Array(parts.reduce((sum, part) => sum + part.x.length, 0));
  let offset = 0;
  for (const part of parts) {
    x.set(part.x, offset);
    offset += part.x.length;
  }
  return {
    x,
    labels: Int32Array.from(parts.flatMap(({ labels }) => Array.from(labels))),
    fields: Object.fromEntries(fields),
  };
}
