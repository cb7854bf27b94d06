import { DataError, type Rng, type Split } from '@equipoise/spec';
import { drawCorner, drawImages } from './draw-corners.js';
import type { ResolvedSyntheticMnistOptions } from './options.js';
import { cornerNames } from './places.js';
import { type CornerRule, parseSplitName } from './split-names.js';

/** All that is known of a split's images before any pixel is read. */
export interface SplitPlan {
  /** The digits in the centres. */
  readonly centres: Split;
  /** The digits that corners are drawn from. */
  readonly corners: Split;
  /** Index of each image's centre digit. */
  readonly centreIndices: Int32Array;
  /** Index of each image's corner digit, −1 without. */
  readonly cornerIndices: Int32Array;
  /** Place of each image's corner digit, −1 without. */
  readonly places: Int32Array;
  /** Class of each image. */
  readonly labels: Int32Array;
}

/** Centre digits 0 to 4 change their class beside a corner digit. */
const firstKeeping = 5;

/** The class of an image: 0–4 become 10–14 beside a corner digit, 5–9 stay. */
function labelOf(centre: number, hasCorner: boolean): number {
  return hasCorner && centre < firstKeeping ? centre + 10 : centre;
}

/** Draws a split; the paired splits have the same centre digits, corners and corner digits as the split they belong to. */
export async function planSplit(name: string, options: ResolvedSyntheticMnistOptions, rng: Rng): Promise<SplitPlan> {
  const { digitSplit, rule } = parseSplitName(name);
  const centres = await openDigits(options, digitSplit);
  const from = options.cornerDigitFrom === 'same-split' ? digitSplit : options.cornerDigitFrom;
  const corners = from === digitSplit ? centres : await openDigits(options, from);
  const count = options.count[digitSplit];
  if (count !== undefined && count > centres.size) {
    throw new DataError(
      `synthetic-mnist was asked for ${count} images of split "${digitSplit}"; "${options.digits.info.name}" has ${centres.size}.`,
      { split: digitSplit, given: count, available: centres.size },
    );
  }
  const stream = rng.fork('synthetic-mnist').fork(digitSplit);
  const centreIndices = drawImages(stream.fork('images'), centres.size, count);
  return {
    centres,
    corners,
    centreIndices,
    ...drawAll(centres, corners, centreIndices, stream.fork('corners'), rule, options),
  };
}

function drawAll(
  centres: Split,
  corners: Split,
  centreIndices: Int32Array,
  stream: Rng,
  rule: CornerRule,
  options: ResolvedSyntheticMnistOptions,
): Pick<SplitPlan, 'cornerIndices' | 'places' | 'labels'> {
  const probability = { drawn: options.cornerProbability, with: 1, without: 0 }[rule];
  const allowed = options.corners.map((corner) => cornerNames.indexOf(corner));
  const cornerIndices = new Int32Array(centreIndices.length).fill(-1);
  const places = new Int32Array(centreIndices.length).fill(-1);
  const labels = new Int32Array(centreIndices.length);
  centreIndices.forEach((centreIndex, row) => {
    const draw = drawCorner(stream, centreIndex, allowed, corners.size);
    const hasCorner = draw.chance < probability;
    if (hasCorner) {
      cornerIndices[row] = draw.digit;
      places[row] = draw.place;
    }
    labels[row] = labelOf(centres.labels[centreIndex] as number, hasCorner);
  });
  return { cornerIndices, places, labels };
}

async function openDigits({ digits }: ResolvedSyntheticMnistOptions, name: string): Promise<Split> {
  const split = await digits.split(name);
  if (split.size === 0)
    throw new DataError(`Split "${name}" of data set "${digits.info.name}" is empty.`, { split: name });
  const index = split.labels.findIndex((label) => !(label >= 0 && label <= 9));
  if (index >= 0) {
    throw new DataError(
      `Split "${name}" of data set "${digits.info.name}" has the label ${split.labels[index]} at index ${index}; digits are 0 to 9.`,
      { split: name, index, found: split.labels[index] },
    );
  }
  return split;
}
