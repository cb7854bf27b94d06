import type { Split } from '@equipoise/spec';
import { imageSize } from './places.js';

const pixelCount = imageSize * imageSize;

/** Scaled-down digits of a split, made when first asked for and kept. */
export interface Thumbnails {
  /** The digits of those indices. */
  get(indices: readonly number[]): Promise<readonly Float32Array[]>;
}

/**
 * Makes the store of a split's scaled-down digits.
 *
 * @param split images of 28x28x1
 * @param resize scales one image down
 */
export function createThumbnails(split: Split, resize: (image: Float32Array) => Float32Array): Thumbnails {
  const known = new Map<number, Float32Array>();
  return {
    get: async (indices) => {
      const missing = [...new Set(indices)].filter((index) => !known.has(index));
      if (missing.length > 0) {
        const { x } = await split.examples(missing);
        missing.forEach((index, row) => known.set(index, resize(x.subarray(row * pixelCount, (row + 1) * pixelCount))));
      }
      return indices.map((index) => known.get(index) as Float32Array);
    },
  };
}
