import { disposeAll, tidied } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import type { Point, SampleState } from './contracts.js';
import type { Kept } from './keeper.js';

/** The samples that still move. A slot is a place in the caller's batch times the number of copies. */
export interface LiveBatch<State extends SampleState> {
  readonly slots: readonly number[];
  readonly rows: tf.Tensor1D;
  readonly streams: readonly number[];
  readonly original: tf.Tensor;
  x: tf.Tensor;
  state: State;
  kept: Kept | undefined;
}

/** Tells copies of a sample apart: no data set has so many samples. */
const STREAMS_A_COPY = 2 ** 40;

/** The copy, counted from 0, that a stream belongs to. */
export function copyOf(stream: number): number {
  return Math.floor(stream / STREAMS_A_COPY);
}

/** The batch before the first step, with every sample `copies` times, counted from `firstCopy`. The caller owns its tensors. */
export function openBatch(
  start: (streams: readonly number[], original: tf.Tensor, rows: tf.Tensor1D) => tf.Tensor,
  original: tf.Tensor,
  sampleIndices: ArrayLike<number>,
  copies: number,
  firstCopy: number,
): Omit<LiveBatch<SampleState>, 'state' | 'kept'> {
  const batch = original.shape[0] ?? 0;
  const slots = Array.from({ length: batch * copies }, (_, slot) => slot + firstCopy * batch);
  const streams = slots.map(
    (slot) => (sampleIndices[slot % batch] as number) + Math.floor(slot / batch) * STREAMS_A_COPY,
  );
  const { x, rows, from } = tf.tidy(() => {
    const places = tf.tensor1d(
      slots.map((slot) => slot % batch),
      'int32',
    );
    const tiled = copies === 1 ? tf.clone(original) : tf.gather(original, places);
    return { x: tf.clone(start(streams, tiled, places)), rows: places, from: tiled };
  });
  return { slots, rows, streams, x, original: from };
}

/** The samples at some places of the batch, in new tensors. */
export function selectFrom<State extends SampleState>(
  live: LiveBatch<State>,
  places: readonly number[],
): LiveBatch<State> {
  const tensors = tidied(() => {
    const at = tf.tensor1d([...places], 'int32');
    const gather = <T extends tf.Tensor>(tensor: T) => gatherAny(tensor, at);
    return {
      rows: gather(live.rows),
      x: gather(live.x),
      original: gather(live.original),
      state: mapTensors(live.state, gather),
      kept: live.kept ? gatherKept(live.kept, at) : undefined,
    };
  });
  const slots = places.map((place) => live.slots[place] as number);
  const streams = places.map((place) => live.streams[place] as number);
  return { ...tensors, slots, streams };
}

/** What was seen of the samples at some places. Call it inside a tidy. */
export function selectSeen<Seen extends Point['seen']>(seen: Seen, places: readonly number[]): Seen {
  const at = tf.tensor1d([...places], 'int32');
  return Object.fromEntries(
    Object.entries(seen).map(([name, tensor]) => [name, gatherAny(tensor as tf.Tensor, at)]),
  ) as unknown as Seen;
}

/** The kept iterates of some rows. */
export function gatherKept(kept: Kept, at: tf.Tensor1D): Kept {
  return {
    x: tf.gather(kept.x, at),
    rank: tf.gather(kept.rank, at),
    values: tf.gather(kept.values, at),
    success: gatherAny(kept.success, at),
  };
}

/** Not every backend gathers booleans. */
function gatherAny<T extends tf.Tensor>(tensor: T, at: tf.Tensor1D): T {
  if (tensor.dtype !== 'bool') return tf.gather(tensor, at);
  return tf.cast(tf.gather(tf.cast(tensor, 'int32'), at), 'bool') as T;
}

/** Frees what a batch holds. */
export function freeBatch({ rows, x, original, state, kept }: LiveBatch<SampleState>): void {
  disposeAll([rows, x, original, Object.values(state), kept ? Object.values(kept) : []]);
}

function mapTensors<State extends SampleState>(state: State, map: (tensor: tf.Tensor) => tf.Tensor): State {
  return Object.fromEntries(Object.entries(state).map(([name, tensor]) => [name, map(tensor)])) as unknown as State;
}
