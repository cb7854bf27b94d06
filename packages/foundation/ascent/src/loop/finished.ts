import { disposeAll, tidied } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import type { Kept } from './keeper.js';
import { gatherKept } from './live-batch.js';

/** Collects the samples that leave the batch, and puts them back in order. */
export class Finished {
  readonly #slots: number[] = [];
  readonly #chunks: Kept[] = [];

  /** Takes samples over; they belong to the collection from then on. */
  add(slots: readonly number[], kept: Kept): void {
    this.#slots.push(...slots);
    this.#chunks.push(kept);
  }

  /** Frees what was collected. */
  dispose(): void {
    for (const chunk of this.#chunks) disposeAll(Object.values(chunk));
    this.#chunks.length = 0;
  }

  /**
   * Every sample's best copy, in the order of the caller's batch: one that met the criterion before one that did not, then
   * the higher rank, then the earlier copy.
   * @param batch size of the caller's batch
   */
  async collect(batch: number): Promise<Kept> {
    if (this.#chunks.length === 1 && this.#inOrder(batch)) return this.#chunks.pop() as Kept;
    const joined = tidied(() => this.#joined());
    const [rank, success] = await Promise.all([joined.rank.data(), joined.success.data()]);
    const best = new Array<number | undefined>(batch).fill(undefined);
    const bySlot = this.#slots.map((slot, place) => ({ slot, place })).sort((a, b) => a.slot - b.slot);
    const score = (place: number) => [success[place] ? 1 : 0, numberOr(rank[place] as number, -Infinity)] as const;
    for (const { slot, place } of bySlot) {
      const current = best[slot % batch];
      if (current === undefined || isHigher(score(place), score(current))) best[slot % batch] = place;
    }
    const result = tidied(() => gatherKept(joined, tf.tensor1d(best as number[], 'int32')));
    disposeAll(Object.values(joined));
    return result;
  }

  #inOrder(batch: number): boolean {
    return this.#slots.length === batch && this.#slots.every((slot, place) => slot === place);
  }

  #joined(): Kept {
    const all = <T extends tf.Tensor>(pick: (kept: Kept) => T) =>
      tf.concat(this.#chunks.map(pick) as tf.Tensor[], 0) as T;
    return {
      x: all(({ x }) => x),
      rank: all(({ rank }) => rank),
      values: all(({ values }) => values),
      success: tf.cast(
        all(({ success }) => tf.cast(success, 'int32')),
        'bool',
      ) as tf.Tensor1D,
    };
  }
}

const numberOr = (value: number, other: number) => (Number.isNaN(value) ? other : value);

function isHigher(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] !== b[0] ? a[0] > b[0] : a[1] > b[1];
}
