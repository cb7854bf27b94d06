import { createRng, factory, requireIndices, requireSplit } from '@equipoise/kit';
import { defineComponent, type Dataset, type DatasetInfo, type Rng, type Split } from '@equipoise/spec';
import * as z from 'zod';

const schema = z.strictObject({
  size: z.int().min(4).default(16).describe('Side of an image in pixels.'),
  train: z.int().min(1).default(1000).describe('Examples of the split "train".'),
  test: z.int().min(1).default(200).describe('Examples of the split "test".'),
  noise: z.number().min(0).default(0.1).describe('Standard deviation of the noise on every pixel.'),
  seed: z.int().min(0).default(0).describe('Seed of phases and noise.'),
});

type Settings = z.output<typeof schema>;

/** Options of {@link myDataset}. */
export type MyDatasetOptions = z.input<typeof schema>;

/** How far a stripe lies along each axis, per class. */
const directions = { horizontal: [1, 0], vertical: [0, 1], diagonal: [1, 1] } as const;
const classes = Object.keys(directions) as (keyof typeof directions)[];

/**
 * Images of stripes, ½ + ½·sin(2π·u/4 + phase) plus noise, cut off at [0, 1], where u is the row (class `horizontal`), the column
 * (`vertical`) or the sum of both (`diagonal`). The phase is random; the classes take turns.
 *
 * Every example is a pure function of (seed, split, index).
 */
export const myDatasetComponent = defineComponent({
  specVersion: 1,
  kind: 'dataset',
  name: 'my-dataset',
  description: 'Grey images of horizontal, vertical or diagonal stripes',
  options: schema,
  create: (settings): Dataset => {
    const info: DatasetInfo = {
      name: 'my-dataset',
      inputShape: [settings.size, settings.size, 1],
      bounds: [0, 1],
      classes,
      splits: ['train', 'test'],
      provenance: { ...settings },
    };
    return {
      info,
      async split(name) {
        requireSplit(info, name);
        return openSplit(name as 'train' | 'test', settings);
      },
    };
  },
});

/** Makes the data set; see {@link myDatasetComponent}. */
export const myDataset = factory(myDatasetComponent);

function openSplit(name: 'train' | 'test', settings: Settings): Split {
  const { size: side, seed } = settings;
  const size = settings[name];
  const rng = createRng(seed).fork(name);
  const labelOf = (index: number) => index % classes.length;
  return {
    size,
    labels: Int32Array.from({ length: size }, (_, index) => labelOf(index)),
    async examples(indices) {
      requireIndices(`split "${name}" of data set "my-dataset"`, size, indices);
      const x = new Float32Array(indices.length * side * side);
      const labels = Int32Array.from(indices, labelOf);
      labels.forEach((label, position) => {
        const image = drawImage(label, rng.fork(indices[position] as number), settings);
        x.set(image, position * side * side);
      });
      return { shape: [indices.length, side, side, 1], x, labels };
    },
  };
}

function drawImage(label: number, rng: Rng, { size, noise }: Settings): Float32Array {
  const [down, right] = directions[classes[label] as keyof typeof directions];
  const phase = 2 * Math.PI * rng.fork('phase').uniform();
  return rng
    .fork('noise')
    .normals(size * size)
    .map((normal, pixel) => {
      const along = down * Math.floor(pixel / size) + right * (pixel % size);
      const value = 0.5 + 0.5 * Math.sin((Math.PI / 2) * along + phase) + noise * normal;
      return Math.min(1, Math.max(0, value));
    });
}
