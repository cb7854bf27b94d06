import * as z from 'zod';

/** Reads one of the four files by its name, such as `train-images-idx3-ubyte.gz`. */
export type ReadFile = (name: string) => Promise<Uint8Array>;

const read = z
  .unknown()
  .refine((value) => typeof value === 'function', { error: 'Expected a function (name) => Promise<Uint8Array>.' })
  .optional()
  .describe('Reads a file by its name, such as train-images-idx3-ubyte.gz; only from code') as unknown as z.ZodOptional<
  z.ZodType<ReadFile, ReadFile>
>;

/** Schema of the options of `mnist`. */
export const mnistSchema = z
  .strictObject({
    dataDir: z
      .string()
      .min(1)
      .optional()
      .describe('Folder with the four gzipped IDX files; the default is the copy in this package'),
    baseUrl: z
      .string()
      .min(1)
      .optional()
      .describe('Address below which the four files are fetched, for bundles that do not carry the data along'),
    read,
    verify: z
      .boolean()
      .default(true)
      .describe('Demand the original files by count and SHA-256; false takes any digits in the same format'),
  })
  .refine((options) => [options.dataDir, options.baseUrl, options.read].filter((one) => one !== undefined).length < 2, {
    error: 'Give at most one of dataDir, baseUrl and read.',
  });

/** Options of `mnist`. */
export type MnistOptions = z.input<typeof mnistSchema>;
