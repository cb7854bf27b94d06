import { type Box, imageSize } from './places.js';

/** How a corner digit is put into an image. */
export type Composition = 'max' | 'add' | 'replace';

const rules: Readonly<Record<Composition, (below: number, above: number) => number>> = {
  max: (below, above) => Math.max(below, above),
  add: (below, above) => Math.min(1, below + above),
  replace: (_, above) => above,
};

/**
 * Puts a corner digit into an image, in place.
 *
 * @param image 28x28 values
 * @param thumbnail the corner digit, as large as the box
 * @param contrast what the corner digit is multiplied by
 */
export function compose(
  image: Float32Array,
  thumbnail: Float32Array,
  box: Box,
  composition: Composition,
  contrast: number,
): void {
  const rule = rules[composition];
  for (let row = 0; row < box.height; row++) {
    const start = (box.top + row) * imageSize + box.left;
    for (let column = 0; column < box.width; column++) {
      const value = contrast * (thumbnail[row * box.width + column] as number);
      image[start + column] = rule(image[start + column] as number, value);
    }
  }
}
