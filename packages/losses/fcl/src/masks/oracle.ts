import { InvalidOptionsError, UnsupportedError } from '@equipoise/spec';
import type { OracleOptions } from '../options.js';

/**
 * The entries that the task's definition makes useful: for labels in `inside`, one inside the boxes; for all others, one outside.
 *
 * On synthetic MNIST the boxes are the four corner boxes, and `inside` the labels of centre digits 0–4 (0–4 and 10–14):
 * there a corner digit decides the label, while for 5–9 everything but the corners does.
 * @throws UnsupportedError if the inputs are not images
 * @throws InvalidOptionsError if a box is not within the image
 */
export function oracleRegion(shape: readonly number[], label: number, oracle: OracleOptions | undefined): Float32Array {
  if (oracle === undefined) {
    throw new InvalidOptionsError('loss "fcl"', [{ message: 'required by masks: "oracle"', path: ['oracle'] }]);
  }
  if (shape.length !== 3)
    throw new UnsupportedError('loss "fcl" with masks: "oracle"', 'images as inputs', 'the model');
  const [height, width, channels] = shape as [number, number, number];
  const inside = oracle.inside.includes(label) ? 1 : 0;
  const mask = new Float32Array(height * width * channels).fill(1 - inside);
  oracle.boxes.forEach((box, position) => {
    if (box.top + box.height > height || box.left + box.width > width) {
      const message = `reaches outside of the image of ${height} x ${width} pixels`;
      throw new InvalidOptionsError('loss "fcl"', [{ message, path: ['oracle', 'boxes', position] }]);
    }
    for (let row = box.top; row < box.top + box.height; row++) {
      const start = (row * width + box.left) * channels;
      mask.fill(inside, start, start + box.width * channels);
    }
  });
  return mask;
}
