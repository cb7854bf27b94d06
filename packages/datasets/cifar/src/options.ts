import * as z from 'zod';

/** Options of where the data are and of which classes are kept, which both data sets have. */
export const sharedFields = {
  dataDir: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Folder with the unpacked files (or the folder above it); the default is the cache folder, filled by a download',
    ),
  baseUrl: z
    .string()
    .min(1)
    .optional()
    .describe('Address below which the unpacked files are fetched each time, for browsers'),
  mirrors: z
    .array(z.url({ protocol: /^https?$/ }))
    .min(1)
    .optional()
    .describe('Addresses of the archive, tried in this order; the default is the official one and its mirrors'),
  classes: z
    .array(z.union([z.string(), z.int().nonnegative()]))
    .min(1)
    .optional()
    .describe('The classes to keep, by name (a string) or label (a number), numbered anew from 0 in this order'),
  verify: z
    .boolean()
    .default(true)
    .describe('Demand as many images in each file as the original has; false takes any number'),
};

/** Whether at most one place is given; the message for where it is not. */
export const onePlace = (options: object): boolean =>
  ['dataDir', 'baseUrl', 'mirrors', 'sample'].filter((name) => Boolean((options as Record<string, unknown>)[name]))
    .length < 2;

/** What is said where several places are given. */
export const onePlaceMessage = { error: 'Give at most one of dataDir, baseUrl, mirrors and sample.' };
