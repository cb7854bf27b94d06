import type { Rng } from '@equipoise/spec';
import type { MaskSettings } from '../options.js';
import { markHighest } from './selection.js';
import { oracleMask } from './oracle.js';

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
 * utility needs. `oracle`: what the task's definition says, inside the boxes or outside of them by label. `all`:
 * every entry, which makes the low-view cross-entropy plain noise augmentation in a second view.
 */
export function highMask(subject: MaskSubject, settings: MaskSettings): RankedEntries {
  const entries = subject.shape.reduce((size, length) => size * length, 1);
  const high = new Float32Array(entries);
  if (settings.masks === 'all') return { scores: high, high: high.map(() => 1) };
  if (settings.masks === 'oracle') {
    const oracle = oracleMask(subject.shape, subject.label, settings.oracle);
    const random = subject.rng.fork('scores').uniforms(entries);
    return { scores: random.map((score, index) => score + oracle[index]!), high: oracle };
  }
  const scores = settings.masks === 'random' ? subject.rng.fork('scores').uniforms(entries) : subject.utility!;
  markHighest(scores, entryCount(settings.fraction, entries), high);
  return { scores, high };
}
