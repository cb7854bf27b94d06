import { factory, requireSplit } from '@equipoise/kit';
import { DataError, type Dataset, type DatasetInfo, defineComponent, type Split } from '@equipoise/spec';
import { arraysSchema, type ResolvedArraysOptions } from './array-options.js';
import { arraySplit } from './array-split.js';
import { checkedInputs, checkedLabels, checkFields, flattenInputs, sizeOf } from './check-arrays.js';
import { viewSplit } from './view-split.js';

/**
 * A data set of one's own arrays, checked and copied when it is made.
 *
 * Throws a `DataError` for NaN, infinities and values outside the bounds, for labels that are no class, for splits without
 * examples and for sizes that do not fit; a `ShapeError` for arrays of another length or shape. Each says where.
 */
export const arraysComponent = defineComponent({
  specVersion: 1,
  kind: 'dataset',
  name: 'arrays',
  description: 'A data set of your own arrays',
  options: arraysSchema,
  example: {
    inputShape: [2],
    classes: ['left', 'right'],
    splits: {
      train: { x: [[1, 0], [0, 1], [0.9, 0.2], [0.1, 0.8]], labels: [0, 1, 0, 1] }, // prettier-ignore
      test: { x: [[0.8, 0.1], [0.3, 1]], labels: [0, 1] }, // prettier-ignore
    },
  },
  create: createFromArrays,
});

/** Makes the data set of {@link arraysComponent} from code. */
export const fromArrays = factory(arraysComponent);

function createFromArrays(options: ResolvedArraysOptions): Dataset {
  const { name, inputShape, bounds, source, licence } = options;
  const { classes } = options;
  const names = typeof classes === 'number' ? Array.from({ length: classes }, (_, label) => String(label)) : classes;
  const splits = options.splits ? separateSplits(options, names.length) : cutSplits(options, names.length);
  const info: DatasetInfo = {
    name,
    inputShape,
    bounds,
    classes: names,
    splits: Object.keys(splits),
    ...(source === undefined ? {} : { source }),
    ...(licence === undefined ? {} : { licence }),
  };
  return {
    info,
    split: async (split) => {
      requireSplit(info, split);
      return splits[split] as Split;
    },
  };
}

function openArrays(
  where: string,
  given: NonNullable<ResolvedArraysOptions['splits']>[string],
  { inputShape, bounds }: ResolvedArraysOptions,
  classCount: number,
): Split {
  const labels = checkedLabels(where, given.labels, classCount);
  const values = flattenInputs(`x of ${where}`, given.x, labels.length, inputShape);
  const x = checkedInputs(`x of ${where}`, values, sizeOf(inputShape), bounds);
  const fields = given.fields ?? {};
  checkFields(where, fields, labels.length);
  const copies = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.slice()]));
  return arraySplit(where, { x, labels, fields: copies }, inputShape);
}

function separateSplits(options: ResolvedArraysOptions, classCount: number): Record<string, Split> {
  const open = ([name, given]: [string, NonNullable<ResolvedArraysOptions['splits']>[string]]) =>
    [name, openArrays(`split "${name}" of data set "${options.name}"`, given, options, classCount)] as const;
  return Object.fromEntries(Object.entries(options.splits ?? {}).map(open));
}

function cutSplits(options: ResolvedArraysOptions, classCount: number): Record<string, Split> {
  const given = { x: options.x ?? [], labels: options.labels ?? [], fields: undefined };
  const all = openArrays(`data set "${options.name}"`, given, options, classCount);
  const sizes = options.sizes ?? { train: all.size };
  const sum = Object.values(sizes).reduce((total, size) => total + size, 0);
  if (sum !== all.size) {
    throw new DataError(`The sizes of the splits of "${options.name}" sum to ${sum}; there are ${all.size} examples.`, {
      sizes,
      available: all.size,
    });
  }
  let begin = 0;
  const cut = ([name, size]: [string, number]) => {
    const indices = Int32Array.from({ length: size }, (_, index) => begin + index);
    begin += size;
    return [name, viewSplit(`split "${name}" of data set "${options.name}"`, all, indices)] as const;
  };
  return Object.fromEntries(Object.entries(sizes).map(cut));
}
