import type { Rng } from '@equipoise/spec';
import type { MaskSettings } from '../options.js';
import { markHighest } from './selection.js';
import { oracleRegion } from './oracle.js';

/** Scores that rank the entries of one sample, and the mask H of those of high utility. */
export interface RankedEntries {
  /** The higher, the more useful the entry is taken to be. */
  readonly scores: Float32Array;
  /** H: one at the entries of high utility. */
  readonly high: Float32Array;
}

/** One sample, for its masks. */
export interface MaskSubject {
  /** Its utility map; absent for sources that need none. */
  readonly utility?: Float32Array;
  /** Its label. */
  readonly label: number;
  /** Shape of the input, without the batch axis. */
  readonly shape: readonly number[];
  /** The sample's own stream. */
  readonly rng: Rng;
}

/** k: how many of the entries are of high utility; at least one. */
export function entryCount(fraction: number, entries: number): number {
  return Math.max(1, Math.round(fraction * entries));
}

/**
 * The mask H of one sample.
 *
 * `utility`: the k entries of highest utility. `random`: k entries at random, the control that every claim about
 * utility needs. `oracle`: k entries at random of those that the task's definition makes useful, inside the boxes or
 * outside of them by label (all of those with `whole`). `all`: every entry, which makes the low-view cross-entropy plain noise augmentation in a second view.
 */
export function highMask(subject: MaskSubject, settings: MaskSettings): RankedEntries {
  const entries = subject.shape.reduce((size, length) => size * length, 1);
  const high = new Float32Array(entries);
  if (settings.masks === 'all') return { scores: high, high: high.map(() => 1) };
  if (settings.masks === 'oracle') {
    const region = oracleRegion(subject.shape, subject.label, settings.oracle);
    const scores = subject.rng
      .fork('scores')
      .uniforms(entries)
      .map((score, index) => score + region[index]!);
    if (settings.oracle?.whole) return { scores, high: region };
    const size = region.reduce((sum, value) => sum + value, 0);
    markHighest(scores, Math.min(entryCount(settings.fraction, entries), size), high);
    return { scores, high };
  }
  const scores = settings.masks === 'random' ? subject.rng.fork('scores').uniforms(entries) : subject.utility!;
  markHighest(scores, entryCount(settings.fraction, entries), high);
  return { scores, high };
}
