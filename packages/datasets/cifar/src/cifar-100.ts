import { factory } from '@equipoise/kit';
import { defineComponent } from '@equipoise/spec';
import * as z from 'zod';
import { cifar100Definition } from './definition.js';
import { openDataset } from './open-dataset.js';
import { onePlace, onePlaceMessage, sharedFields } from './options.js';

const schema = z
  .strictObject({
    ...sharedFields,
    labels: z
      .enum(['fine', 'coarse'])
      .default('fine')
      .describe('The 100 classes (fine) or the 20 superclasses of five classes each (coarse)'),
  })
  .refine(onePlace, onePlaceMessage);

/** Options of `cifar100`. */
export type Cifar100Options = z.input<typeof schema>;

/**
 * CIFAR-100: 50,000 colour photographs of 100 classes in `train`, 10,000 in `test`; `[32, 32, 3]`, float32 in [0, 1] (byte / 255).
 *
 * Every example carries both original labels as the fields `coarse` and `fine`, whatever `labels` and `classes` choose.
 * Downloads and errors are as for `cifar10`; the archive has 169 MB, and there is no sample in the package.
 * Source: Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
 */
export const cifar100Component = defineComponent({
  specVersion: 1,
  kind: 'dataset',
  name: 'cifar-100',
  description: 'Photographs of 100 classes in 20 superclasses, 50,000 + 10,000 images of 32x32, downloaded once',
  options: schema,
  create: ({ labels, ...options }, context) =>
    openDataset(cifar100Definition, { ...options, labelSet: labels === 'coarse' ? 0 : 1 }, context),
});

/** Makes the data set of {@link cifar100Component} from code; every option has a default. */
export const cifar100 = factory(cifar100Component);
