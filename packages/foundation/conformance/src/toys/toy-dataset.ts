import { createRng, requireIndices, requireSplit } from '@equipoise/kit';
import type { Dataset } from '@equipoise/spec';
import { toyClasses, toyInputShape } from './toy-model.js';

const sizes = { train: 60, test: 30 };

/** The image of an index: a bright stripe whose row is the class, in noise; a pure function of split and index. */
function image(split: string, index: number): Float32Array {
  const values = createRng('toy data').fork(split).fork(index).uniforms(16, 0, 0.3);
  const row = index % toyClasses;
  for (let column = 0; column < 4; column++) values[4 * row + column] = (values[4 * row + column] as number) + 0.6;
  return values;
}

/**
 * A small data set for checks: 4×4 images with a bright stripe in the row of their class, 60 to train and 30 to test.
 *
 * @param extraSplits names of further splits, made like `test`
 */
export function toyDataset(extraSplits: readonly string[] = []): Dataset {
  const info = {
    name: 'toy',
    inputShape: toyInputShape,
    bounds: [0, 1] as const,
    classes: ['top', 'upper', 'lower'],
    splits: ['train', 'test', ...extraSplits],
  };
  return {
    info,
    async split(name) {
      requireSplit(info, name);
      const size = name === 'train' ? sizes.train : sizes.test;
      return {
        size,
        labels: Int32Array.from({ length: size }, (_, index) => index % toyClasses),
        async examples(indices) {
          requireIndices(`split "${name}" of the toy data set`, size, indices);
          const x = new Float32Array(indices.length * 16);
          for (let i = 0; i < indices.length; i++) x.set(image(name, indices[i] as number), 16 * i);
          const labels = Int32Array.from(indices, (index) => index % toyClasses);
          return { shape: [indices.length, ...toyInputShape], x, labels };
        },
      };
    },
  };
}
