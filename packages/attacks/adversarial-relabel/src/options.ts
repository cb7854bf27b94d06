import { componentOption } from '@equipoise/kit';
import * as z from 'zod';

/** Options that both components have. */
export const sharedOptions = {
  dataset: componentOption('dataset', 'mnist').describe('The data set that is changed.'),
  model: componentOption('model', 'trained').describe('The trained model whose features are used.'),
  split: z
    .string()
    .min(1)
    .default('train')
    .describe('The split that is changed; the others stay as they are, so that one tests on the originals.'),
  samples: z
    .int()
    .positive()
    .optional()
    .describe('How many examples of the split, drawn by the seed; default all of them.'),
  seed: z
    .union([z.int(), z.string()])
    .optional()
    .describe('Seed of all that is random here; without it, it comes from the stream of the run.'),
  batchSize: z
    .int()
    .positive()
    .default(128)
    .describe('Examples at a time; changes speed and memory, not results beyond rounding.'),
  folder: z
    .string()
    .min(1)
    .nullable()
    .optional()
    .describe(
      'Where the data are kept while they are made and for later; default a folder of their own in the cache (EQUIPOISE_HOME); null, or a browser: in memory only.',
    ),
  rebuild: z
    .boolean()
    .default(false)
    .describe('Whether data in the folder that another model, attack or source made are replaced instead of refused.'),
  chunkSize: z
    .int()
    .positive()
    .default(512)
    .describe('Examples a file: what a killed build loses at most, beside what is in work.'),
  memoryLimit: z
    .number()
    .nonnegative()
    .default(512)
    .describe('Mebibytes of inputs that are held in memory; more are read from the folder as they are asked for.'),
};

/** The references that both components have. */
export const sharedReferences = { dataset: 'dataset', model: 'model' } as const;

/** What both components know, with defaults. */
export type SharedSettings = z.output<z.ZodObject<typeof sharedOptions>>;
