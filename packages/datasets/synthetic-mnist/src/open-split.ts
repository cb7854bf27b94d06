import { requireIndices } from '@equipoise/kit';
import type { Examples, Split } from '@equipoise/spec';
import { compose } from './compose.js';
import type { ResolvedSyntheticMnistOptions } from './options.js';
import { type Box, cornerBoxes, imageSize } from './places.js';
import { createResize } from './resize.js';
import type { SplitPlan } from './split-plan.js';
import { createThumbnails, type Thumbnails } from './thumbnails.js';

const pixelCount = imageSize * imageSize;

/** The split of a plan: images are made when they are asked for. */
export function openSplit(name: string, plan: SplitPlan, options: ResolvedSyntheticMnistOptions): Split {
  const resize = createResize(options.resize, options.cornerSize, options.rescale);
  const thumbnails = createThumbnails(plan.corners, resize);
  const boxes = cornerBoxes(options);
  const size = plan.centreIndices.length;
  return {
    size,
    labels: plan.labels,
    examples: async (indices) => {
      requireIndices(`split "${name}" of data set "synthetic-mnist"`, size, indices);
      const x = await drawImages(Array.from(indices), plan, thumbnails, boxes, options);
      const pick = (values: Int32Array) => Int32Array.from(indices, (index) => values[index] as number);
      return {
        shape: [indices.length, imageSize, imageSize, 1],
        x,
        labels: pick(plan.labels),
        fields: describe(pick, plan, boxes),
      };
    },
  };
}

async function drawImages(
  indices: readonly number[],
  plan: SplitPlan,
  thumbnails: Thumbnails,
  boxes: readonly Box[],
  { composition, contrast }: ResolvedSyntheticMnistOptions,
): Promise<Float32Array> {
  const rows = [...indices.keys()].filter((row) => (plan.places[indices[row] as number] as number) >= 0);
  const [centres, corners] = await Promise.all([
    plan.centres.examples(indices.map((index) => plan.centreIndices[index] as number)),
    thumbnails.get(rows.map((row) => plan.cornerIndices[indices[row] as number] as number)),
  ]);
  const x = centres.x.slice();
  rows.forEach((row, position) => {
    const box = boxes[plan.places[indices[row] as number] as number] as Box;
    const image = x.subarray(row * pixelCount, (row + 1) * pixelCount);
    compose(image, corners[position] as Float32Array, box, composition, contrast);
  });
  return x;
}

/** The truth about each image; the box is empty, all zeros, where there is no corner digit. */
function describe(
  pick: (values: Int32Array) => Int32Array,
  plan: SplitPlan,
  boxes: readonly Box[],
): NonNullable<Examples['fields']> {
  const place = pick(plan.places);
  const box = new Int32Array(place.length * 4);
  place.forEach((one, row) => {
    const { top = 0, left = 0, height = 0, width = 0 } = boxes[one] ?? {};
    box.set([top, left, height, width], row * 4);
  });
  return {
    centre: pick(plan.centreIndices).map((index) => plan.centres.labels[index] as number),
    corner: pick(plan.cornerIndices).map((index) => plan.corners.labels[index] ?? -1),
    place,
    box,
  };
}
