import type { Dataset, Split } from '@equipoise/spec';
import { fromArrays } from '../src/index.js';

/** A data set whose example i of `train` has the value i, and of `test` 1000 + i, with those labels. */
export function counting(train: readonly number[], test: readonly number[] = [0, 1, 2], classes = 3): Dataset {
  const rows = (labels: readonly number[], first: number) => ({
    x: labels.map((_, index) => first + index),
    labels,
    fields: { twice: Int32Array.from(labels.flatMap((_, index) => [first + index, first + index])) },
  });
  return fromArrays({
    name: 'counting',
    inputShape: [1],
    classes,
    bounds: [0, 10_000],
    splits: { train: rows(train, 0), test: rows(test, 1000) },
  });
}

/** What a split of {@link counting} holds: the values of all its examples in order. */
export async function contents(split: Split): Promise<number[]> {
  const { x, labels } = await split.examples(Array.from({ length: split.size }, (_, index) => index));
  if (labels.join() !== split.labels.join()) throw new Error('the labels of the examples are not those of the split');
  return Array.from(x);
}
