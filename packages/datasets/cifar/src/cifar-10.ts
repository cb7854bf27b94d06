import { factory } from '@equipoise/kit';
import { defineComponent } from '@equipoise/spec';
import * as z from 'zod';
import { cifar10Definition } from './definition.js';
import { openDataset } from './open-dataset.js';
import { onePlace, onePlaceMessage, sharedFields } from './options.js';

const schema = z
  .strictObject({
    ...sharedFields,
    batches: z
      .array(z.int().min(1).max(5))
      .min(1)
      .refine((batches) => new Set(batches).size === batches.length, { error: 'A batch is given twice.' })
      .optional()
      .describe('The training batches to use, of 10,000 images each; the default is all, or those that are in dataDir'),
    sample: z
      .boolean()
      .default(false)
      .describe('Use the 400 + 150 images that are shipped in the package; nothing is downloaded'),
  })
  .refine(onePlace, onePlaceMessage)
  .refine(({ sample, batches }) => !sample || batches === undefined, { error: 'The sample has no batches.' });

/** Options of `cifar10`. */
export type Cifar10Options = z.input<typeof schema>;

/**
 * CIFAR-10: 50,000 colour photographs of ten classes in `train`, 10,000 in `test`; `[32, 32, 3]`, float32 in [0, 1] (byte / 255).
 *
 * When a split is first opened the archive (170 MB) is downloaded, checked and unpacked into the cache folder
 * (`EQUIPOISE_HOME`, else the platform's), unless `dataDir`, `baseUrl` or `sample` names another place. The context is told of
 * the progress, of mirrors that failed and of a folder that holds only some batches. Files are kept in memory once read
 * (31 MB a batch). Throws an `InvalidOptionsError` for a class that does not exist; a split throws a `DataError` for data that
 * are missing or corrupt, a `StorageError` if the cache cannot be written, `EQUIPOISE_DOWNLOAD` if no mirror gives the archive.
 * Source: Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
 */
export const cifar10Component = defineComponent({
  specVersion: 1,
  kind: 'dataset',
  name: 'cifar-10',
  description:
    'Photographs of 10 classes, 50,000 + 10,000 images of 32x32, downloaded once; or a sample in the package',
  options: schema,
  example: { sample: true },
  create: ({ batches, ...options }, context) =>
    openDataset(
      cifar10Definition,
      { ...options, labelSet: 0, trainFiles: batches?.map((batch) => `data_batch_${batch}.bin`) },
      context,
    ),
});

/** Makes the data set of {@link cifar10Component} from code; every option has a default. */
export const cifar10 = factory(cifar10Component);
