import type { Unit } from './measure.js';
import type { Combined } from './rounds.js';
import type { PeerVariant } from './run-process.js';
import { toDigits } from './statistics.js';

/** One printed line. */
export interface Line extends Combined {
  /** The median of PyTorch's faster variant, in the same unit. */
  readonly peer?: number;
  /** Our time divided by PyTorch's, also where speeds are printed: above 1, we are slower. */
  readonly ratio?: number;
}

/** What PyTorch took, by variant. */
export type PeerResults = Readonly<Record<PeerVariant, readonly Combined[]>>;

/** Our time divided by the peer's: for speeds the quotient the other way round, so that more than 1 always means slower. */
export function timeRatio(unit: Unit, ours: number, peer: number): number {
  return toDigits(unit === 'GFLOP/s' ? peer / ours : ours / peer, 3);
}

/** The faster of two medians. */
export function isFaster(unit: Unit, median: number, other: number): boolean {
  return unit === 'GFLOP/s' ? median > other : median < other;
}

/** Our measurement beside PyTorch's of the same case; as it is if PyTorch has none. */
export function compare(ours: Combined, peers: PeerResults): Line {
  const same = ({ case: name }: Combined) => name === ours.case;
  const plain = peers.plain.find(same);
  const tuned = peers.tuned.find(same);
  if (!plain || !tuned) return ours;
  const faster: PeerVariant = isFaster(ours.unit, tuned.median, plain.median) ? 'tuned' : 'plain';
  const best = faster === 'tuned' ? tuned : plain;
  return {
    ...ours,
    peer: best.median,
    ratio: timeRatio(ours.unit, ours.median, best.median),
    quiet: allQuiet([ours, plain, tuned]),
    details: {
      ...ours.details,
      peers: { faster, version: best.details['version'], plain: short(plain), tuned: short(tuned) },
    },
  };
}

function allQuiet(all: readonly Combined[]): boolean | null {
  if (all.some(({ quiet }) => quiet === false)) return false;
  return all.every(({ quiet }) => quiet === true) ? true : null;
}

function short({ median, min, max, n, runs, other_cpu }: Combined) {
  return { median, min, max, n, runs, other_cpu };
}
