import type { Rng } from '@equipoise/spec';

/** What is drawn for an image: whether it has a corner digit, and which and where it would be. */
export interface CornerDraw {
  /** Uniform over [0, 1); the image has a corner digit where it is below the probability. */
  readonly chance: number;
  /** Place of the corner digit, 0 to 3. */
  readonly place: number;
  /** Index of the corner digit in the split that it is drawn from. */
  readonly digit: number;
}

/**
 * Draws for the image of an index of the digits' split. All is drawn in any case and in this order, so that it depends on
 * neither the probability nor on which other images are in the set.
 *
 * @param stream the stream of the split
 * @param index index of the centre digit in the digits' split
 * @param places the places to draw from
 * @param digitCount number of digits to draw from
 */
export function drawCorner(stream: Rng, index: number, places: readonly number[], digitCount: number): CornerDraw {
  const rng = stream.fork(index);
  const chance = rng.uniform();
  const place = places[rng.integer(places.length)] as number;
  return { chance, place, digit: rng.integer(digitCount) };
}

/** The images of a split in their order: all of them, or as many as asked for, drawn and in ascending order. */
export function drawImages(stream: Rng, available: number, count: number | undefined): Int32Array {
  if (count === undefined || count === available) return Int32Array.from({ length: available }, (_, index) => index);
  return stream.permutation(available).slice(0, count).sort();
}
