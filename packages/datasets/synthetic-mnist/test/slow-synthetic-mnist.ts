import { createRng } from '@equipoise/kit';
import type { Dataset } from '@equipoise/spec';

/** What the slow way makes of one image. */
export interface SlowImage {
  readonly x: number[];
  readonly label: number;
  readonly centre: number;
  readonly corner: number;
  readonly place: number;
}

/** The mean of a digit over the area of each of size x size pixels, one source pixel at a time. */
function areaMean(image: ArrayLike<number>, size: number): number[] {
  const side = 28 / size;
  const covered = (source: number, target: number) =>
    Math.max(0, Math.min(source + 1, (target + 1) * side) - Math.max(source, target * side));
  const means: number[] = [];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum = 0;
      for (let r = 0; r < 28; r++) {
        for (let c = 0; c < 28; c++) sum += covered(r, row) * covered(c, column) * (image[r * 28 + c] as number);
      }
      means.push(sum / side ** 2);
    }
  }
  return means;
}

/** Image `index` of a split with the default options, straight from the definition. */
export async function slowImage(
  digits: Dataset,
  split: string,
  index: number,
  { seed = 0, probability = 0.5 }: { seed?: number; probability?: number } = {},
): Promise<SlowImage> {
  const source = await digits.split(split);
  const { x, labels } = await source.examples([index]);
  const centre = labels[0] as number;
  const rng = createRng(seed).fork('synthetic-mnist').fork(split).fork('corners').fork(index);
  const present = rng.uniform() < probability;
  const place = rng.integer(4);
  const chosen = rng.integer(source.size);
  if (!present) return { x: Array.from(x), label: centre, centre, corner: -1, place: -1 };
  const other = await source.examples([chosen]);
  const small = areaMean(other.x, 9);
  const peak = Math.max(...small);
  const [top, left] = [
    [1, 1],
    [1, 18],
    [18, 1],
    [18, 18],
  ][place] as [number, number];
  const image = Array.from(x, (value, pixel) => {
    const [row, column] = [Math.floor(pixel / 28) - top, (pixel % 28) - left];
    const inside = row >= 0 && row < 9 && column >= 0 && column < 9;
    return inside ? Math.max(value, (small[row * 9 + column] as number) / peak) : value;
  });
  const label = centre <= 4 ? centre + 10 : centre;
  return { x: image, label, centre, corner: other.labels[0] as number, place };
}
