import type { Norm } from '@equipoise/spec';

/** An input as an image: rows of pixels with channels. Vectors are a single row. */
export interface Grid {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The grid of inputs of a shape: `[height, width, channels]`, `[height, width]`; anything else is one row. */
export function gridOf(shape: readonly number[]): Grid {
  const [height = 1, width = 1, channels = 1] = shape;
  if (shape.length === 3) return { height, width, channels };
  if (shape.length === 2) return { height, width, channels: 1 };
  return { height: 1, width: shape.reduce((product, length) => product * length, 1), channels: 1 };
}

/** Iterations up to which the share of changed pixels is p, p/2, p/4 …, for 10,000 queries. */
const HALVED_AFTER = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

/**
 * The share of the pixels that a proposal changes (Andriushchenko et al. 2020, section 3.2).
 *
 * @param p share at the beginning
 * @param iteration number of proposals before, counted in 10,000 queries if the schedule is stretched
 */
export function shareAt(p: number, iteration: number): number {
  const halvings = HALVED_AFTER.findIndex((last) => iteration <= last);
  return p / 2 ** (halvings === -1 ? HALVED_AFTER.length : halvings);
}

/** Height and width of a window. */
export interface WindowSize {
  readonly height: number;
  readonly width: number;
}

/**
 * The window that covers a share of the pixels: a square, in a single row an interval. For l2 and l1 its side is odd and at least 3.
 */
export function windowSize(norm: Norm, share: number, { height, width }: Grid): WindowSize {
  const fit = (side: number, most: number) =>
    Math.min(norm === 'linf' ? Math.max(side, 1) : odd(Math.max(side, 3)), most);
  if (height === 1) return { height: 1, width: fit(Math.round(share * width), width) };
  const side = fit(Math.round(Math.sqrt(share * height * width)), Math.min(height, width));
  return { height: side, width: side };
}

const odd = (side: number) => (side % 2 === 0 ? side + 1 : side);

/**
 * The shape of a proposal in l2 and l1: a pyramid up beside a pyramid down, of norm one (Andriushchenko et al. 2020, section 3.4; for l1 with
 * fourth powers, Croce and Hein 2021, appendix).
 *
 * @param size of the window
 * @param norm `l2` or `l1`
 * @returns `height · width` values by rows
 */
export function bump({ height, width }: WindowSize, norm: Norm): Float32Array {
  const values = new Float32Array(height * width);
  const add = (top: number, left: number, rows: number, columns: number, sign: number) =>
    pyramid(rows, columns, norm).forEach((value, index) => {
      const place = (top + Math.floor(index / columns)) * width + left + (index % columns);
      values[place] = sign * value;
    });
  if (height > 1) {
    const upper = Math.floor(height / 2);
    add(0, 0, upper, width, 1);
    add(upper, 0, height - upper, width, -1);
  } else {
    const left = Math.floor(width / 2);
    add(0, 0, 1, left, 1);
    add(0, left, 1, width - left, -1);
  }
  return scaled(values, norm);
}

/** A pyramid of rectangles around the middle, each smaller by the square (l1: the fourth power) of its number. */
function pyramid(height: number, width: number, norm: Norm): Float32Array {
  const values = new Float32Array(height * width);
  const [middleRow, middleColumn] = [Math.floor(height / 2), Math.floor(width / 2)];
  const power = norm === 'l1' ? 4 : 2;
  const layers = Math.max(middleRow, middleColumn) + 1;
  for (let layer = 0; layer < layers; layer++) {
    const height_ = 1 / (layer + 1) ** power;
    const bottom = Math.min(middleRow + layer + 1, height);
    const right = Math.min(middleColumn + layer + 1, width);
    for (let row = Math.max(middleRow - layer, 0); row < bottom; row++) {
      for (let column = Math.max(middleColumn - layer, 0); column < right; column++) {
        values[row * width + column] = (values[row * width + column] as number) + height_;
      }
    }
  }
  return scaled(values, norm);
}

function scaled(values: Float32Array, norm: Norm): Float32Array {
  const total = values.reduce((sum, value) => sum + (norm === 'l1' ? Math.abs(value) : value * value), 0);
  const size = norm === 'l1' ? total : Math.sqrt(total);
  return size > 0 ? values.map((value) => value / size) : values;
}

/** A bump, turned by a quarter if asked and if it is a square. */
export function turned(values: Float32Array, { height, width }: WindowSize, turn: boolean): Float32Array {
  if (!turn || height !== width) return values;
  return values.map((_, index) => values[(index % width) * width + Math.floor(index / width)] as number);
}
