import { createRng } from '@equipoise/kit';
import type { Dataset, DatasetInfo, Split } from '@equipoise/spec';

/** Random images of 28x28, labels 0 to 9 in turn; `train` has 60, `test` 40. */
export function toyDigits(changes: Partial<DatasetInfo> = {}, labelOf = (index: number) => index % 10): Dataset {
  const make = (name: string, size: number): Split => {
    const pixels = createRng(name).uniforms(size * 784);
    const labels = Int32Array.from({ length: size }, (_, index) => labelOf(index));
    return {
      size,
      labels,
      examples: async (indices) => {
        const x = new Float32Array(indices.length * 784);
        Array.from(indices).forEach((index, row) => x.set(pixels.subarray(index * 784, (index + 1) * 784), row * 784));
        return {
          shape: [indices.length, 28, 28, 1],
          x,
          labels: Int32Array.from(indices, (index) => labels[index] as number),
        };
      },
    };
  };
  const sizes: Record<string, number> = { train: 60, test: 40, empty: 0 };
  return {
    info: {
      name: 'toy',
      inputShape: [28, 28, 1],
      bounds: [0, 1],
      classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
      splits: ['train', 'test'],
      ...changes,
    },
    split: async (name) => make(name, sizes[name] as number),
  };
}
