import { componentOption, createRng, factory, requireSplit } from '@equipoise/kit';
import { DataError, type Dataset, defineComponent, InvalidOptionsError, type Split } from '@equipoise/spec';
import * as z from 'zod';
import { deriveDataset } from './derive.js';
import { complement, drawIndices } from './draw-indices.js';
import { viewSplit } from './view-split.js';

const schema = z
  .strictObject({
    dataset: componentOption('dataset', 'mnist').describe('The data set'),
    from: z.string().default('train').describe('The split that examples are taken from'),
    name: z.string().min(1).default('validation').describe('Name of the new split'),
    count: z.int().positive().optional().describe('How many examples the new split has'),
    fraction: z.number().gt(0).lt(1).optional().describe('Which share of the examples the new split has'),
    seed: z.int().default(0).describe('Seed of the draw'),
    stratified: z.boolean().default(false).describe('Keep the share of each class in both parts'),
  })
  .refine(({ count, fraction }) => (count === undefined) !== (fraction === undefined), {
    error: 'Give one of count and fraction.',
  });

/** Options of the component `split-off`. */
export type SplitOffOptions = z.input<typeof schema>;

type Resolved = z.output<typeof schema>;

/**
 * A data set with one more split, whose examples are drawn by a seed from another split, which keeps the rest.
 *
 * Both parts are in ascending order of the examples' indices. Throws an `InvalidOptionsError` if the new split exists already,
 * a `DataError` if the other does not and, when one is opened, if nothing would be left.
 */
export const splitOffComponent = defineComponent({
  specVersion: 1,
  kind: 'dataset',
  name: 'split-off',
  description: 'A data set with one more split, such as validation, drawn by a seed from another that keeps the rest',
  options: schema,
  example: { dataset: { use: 'mnist' } as unknown as Dataset, from: 'train', name: 'validation', count: 5000 },
  references: { dataset: 'dataset' },
  create: (options) => {
    const { dataset, from, name: added, ...choices } = options;
    requireSplit(dataset.info, from);
    const { splits } = dataset.info;
    if (splits.includes(added)) {
      const message = `Data set "${dataset.info.name}" has a split "${added}" already.`;
      throw new InvalidOptionsError('dataset "split-off"', [{ message, path: ['name'] }]);
    }
    return deriveDataset(dataset, {
      operation: 'split-off',
      choices: { from, name: added, ...choices },
      changes: { splits: splits.flatMap((split) => (split === from ? [split, added] : [split])) },
      open: async (name, where) => {
        if (name !== from && name !== added) return dataset.split(name);
        const source = await dataset.split(from);
        const drawn = drawPart(source, options);
        return viewSplit(where, source, name === added ? drawn : complement(drawn, source.size));
      },
    });
  },
});

const create = factory(splitOffComponent);

/**
 * A data set with one more split, see {@link splitOffComponent}.
 *
 * @param dataset the data set
 * @param options from which split, under which name, how many, and the seed
 */
export function splitOff(dataset: Dataset, options: Omit<SplitOffOptions, 'dataset'>): Dataset {
  return create({ ...options, dataset });
}

function drawPart(source: Split, { dataset, from, name, count, fraction, seed, stratified }: Resolved): Int32Array {
  const wanted = count ?? Math.max(1, Math.round((fraction as number) * source.size));
  if (wanted >= source.size) {
    throw new DataError(
      `Split "${name}" would take ${wanted} of the ${source.size} examples of split "${from}" of data set "${dataset.info.name}"; at least one must be left.`,
      { given: wanted, available: source.size },
    );
  }
  return drawIndices(createRng(seed).fork('split-off').fork(from), source.labels, wanted, stratified);
}
