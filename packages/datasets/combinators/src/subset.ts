import { componentOption, createRng, factory, requireIndices, requireSplit } from '@equipoise/kit';
import { DataError, type Dataset, defineComponent, type Split } from '@equipoise/spec';
import * as z from 'zod';
import { deriveDataset } from './derive.js';
import { drawIndices } from './draw-indices.js';
import { viewSplit } from './view-split.js';

const partSchema = z
  .strictObject({
    count: z.int().positive().optional().describe('How many examples to draw'),
    fraction: z.number().gt(0).max(1).optional().describe('Which share of the examples to draw'),
    indices: z.array(z.int().nonnegative()).min(1).optional().describe('These examples, in this order'),
    seed: z.int().default(0).describe('Seed of the draw'),
    stratified: z.boolean().default(false).describe('Keep the share of each class'),
  })
  .refine(
    ({ count, fraction, indices }) => [count, fraction, indices].filter((one) => one !== undefined).length === 1,
    {
      error: 'Give one of count, fraction and indices.',
    },
  );

const schema = z.strictObject({
  dataset: componentOption('dataset', 'mnist').describe('The data set'),
  splits: z
    .record(z.string(), partSchema)
    .describe('What is kept of each split, such as { "train": { "count": 1000 } }; the others stay whole'),
});

/** Options of the component `subset`. */
export type SubsetOptions = z.input<typeof schema>;

type Part = z.output<typeof partSchema>;

/**
 * Fewer examples of a data set: drawn by a seed (in ascending order of their indices), or those of given indices.
 *
 * Throws a `DataError` for a split that does not exist and, when the split is opened, for more examples than there are and for
 * indices out of range.
 */
export const subsetComponent = defineComponent({
  specVersion: 1,
  kind: 'dataset',
  name: 'subset',
  description: 'Fewer examples of a data set: a seeded draw, or those of given indices',
  options: schema,
  example: { dataset: { use: 'mnist' } as unknown as Dataset, splits: { train: { count: 1000 } } },
  references: { dataset: 'dataset' },
  create: ({ dataset, splits }) => {
    Object.keys(splits).forEach((name) => requireSplit(dataset.info, name));
    return deriveDataset(dataset, {
      operation: 'subset',
      choices: { splits },
      open: async (name, where) => {
        const source = await dataset.split(name);
        const part = splits[name];
        return part ? viewSplit(where, source, indicesOf(part, source, name, where)) : source;
      },
    });
  },
});

const create = factory(subsetComponent);

/**
 * Fewer examples of a data set, see {@link subsetComponent}.
 *
 * @param dataset the data set
 * @param splits what is kept of each split: `{ count, seed, stratified }`, `{ fraction, … }` or `{ indices }`
 */
export function subset(dataset: Dataset, splits: SubsetOptions['splits']): Dataset {
  return create({ dataset, splits });
}

function indicesOf(part: Part, source: Split, name: string, where: string): Int32Array {
  if (part.indices) {
    requireIndices(`the indices option of ${where}`, source.size, part.indices);
    return Int32Array.from(part.indices);
  }
  const count = part.count ?? Math.max(1, Math.round((part.fraction as number) * source.size));
  if (count > source.size) {
    throw new DataError(`The ${where} was asked for ${count} examples; there are ${source.size}.`, {
      split: name,
      given: count,
      available: source.size,
    });
  }
  return drawIndices(createRng(part.seed).fork('subset').fork(name), source.labels, count, part.stratified);
}
