import { InvalidOptionsError } from '@equipoise/spec';

/** A rectangle of pixels. */
export interface Box {
  /** First row. */
  readonly top: number;
  /** First column. */
  readonly left: number;
  /** Number of rows. */
  readonly height: number;
  /** Number of columns. */
  readonly width: number;
}

/**
 * Marks the entries of an image that lie in any of the boxes.
 *
 * @param inputShape `[height, width, channels]`
 * @param boxes inside the image; together they leave something of it
 * @returns ones inside, zeros elsewhere, row-major over height, width, channels
 * @throws InvalidOptionsError if a box reaches outside of the image, or nothing is left
 */
export function regionMask(inputShape: readonly number[], boxes: readonly Box[]): Uint8Array {
  const [height = 1, width = 1, channels = 1] = inputShape;
  boxes.forEach((box, index) => {
    if (box.top + box.height <= height && box.left + box.width <= width) return;
    throw invalidRegions([index], `reaches outside of the image of ${height} x ${width} pixels`);
  });
  const mask = new Uint8Array(height * width * channels);
  for (let index = 0; index < mask.length; index++) {
    const column = Math.floor(index / channels) % width;
    const row = Math.floor(index / (channels * width));
    const inside = ({ top, left, ...box }: Box) =>
      row >= top && row < top + box.height && column >= left && column < left + box.width;
    mask[index] = Number(boxes.some(inside));
  }
  if (!mask.includes(0)) throw invalidRegions([], `leave nothing of the image of ${height} x ${width} pixels`);
  return mask;
}

function invalidRegions(path: readonly number[], message: string): InvalidOptionsError {
  return new InvalidOptionsError('analysis "sensitivity"', [{ path: ['regions', ...path], message }]);
}

/** Means of a map inside and outside the boxes. */
export function regionMeans(
  map: ArrayLike<number>,
  mask: Uint8Array,
): { readonly corner: number; readonly elsewhere: number } {
  const sums = [0, 0];
  const counts = [0, 0];
  for (let index = 0; index < mask.length; index++) {
    const side = mask[index] as 0 | 1;
    sums[side] = (sums[side] as number) + (map[index] as number);
    counts[side] = (counts[side] as number) + 1;
  }
  return {
    corner: (sums[1] as number) / (counts[1] as number),
    elsewhere: (sums[0] as number) / (counts[0] as number),
  };
}
