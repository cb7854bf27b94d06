import { factory, requireIndices, requireSplit } from '@equipoise/kit';
import { type DatasetInfo, defineComponent, type Examples, type Split } from '@equipoise/spec';
import { type Digits, loadDigits } from './load-digits.js';
import { mnistSchema } from './options.js';

const info: DatasetInfo = Object.freeze({
  name: 'mnist',
  inputShape: [28, 28, 1],
  bounds: [0, 1] as const,
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  splits: ['train', 'test'],
  source: 'Yann LeCun, Corinna Cortes, Christopher J. C. Burges: The MNIST database of handwritten digits',
  licence: 'CC BY-SA 3.0',
});

const pixelCount = 28 * 28;
const values = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/**
 * The MNIST digits: 60,000 of them in `train`, 10,000 in `test`; `[28, 28, 1]`, float32 in [0, 1] (byte / 255), labels 0–9.
 *
 * The files are read and decoded when a split is first opened, and kept for the process (47 MB for `train`). A file that is
 * missing, corrupt, truncated, of the wrong format or not the original is a `DataError` that names it.
 * Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition" (1998).
 */
export const mnistComponent = defineComponent({
  specVersion: 1,
  kind: 'dataset',
  name: 'mnist',
  description: 'The MNIST handwritten digits, 60,000 + 10,000 images of 28x28, shipped in the package',
  options: mnistSchema,
  create: (options) => ({
    info,
    split: async (name) => {
      requireSplit(info, name);
      return openSplit(name, await loadDigits(name as 'train' | 'test', options));
    },
  }),
});

/** Makes the data set of {@link mnistComponent} from code; every option has a default. */
export const mnist = factory(mnistComponent);

function openSplit(name: string, digits: Digits): Split {
  const size = digits.labels.length;
  return {
    size,
    labels: digits.labels,
    examples: async (indices) => {
      requireIndices(`split "${name}" of data set "mnist"`, size, indices);
      return decodeExamples(digits, indices);
    },
  };
}

function decodeExamples({ pixels, labels }: Digits, indices: ArrayLike<number>): Examples {
  const x = new Float32Array(indices.length * pixelCount);
  for (let row = 0; row < indices.length; row++) {
    const source = (indices[row] as number) * pixelCount;
    const target = row * pixelCount;
    for (let pixel = 0; pixel < pixelCount; pixel++)
      x[target + pixel] = values[pixels[source + pixel] as number] as number;
  }
  return {
    shape: [indices.length, 28, 28, 1],
    x,
    labels: Int32Array.from(indices, (index) => labels[index] as number),
  };
}
