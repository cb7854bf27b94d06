import * as z from 'zod';

/** Schema of the options of `balance`. */
export const balanceSchema = z.strictObject({
  sigmas: z
    .array(z.number().nonnegative())
    .min(1)
    .default([0, 0.1, 0.2, 0.3, 0.5])
    .describe('Standard deviations of the test noise, in units of the input'),
  averageUpTo: z
    .number()
    .nonnegative()
    .default(0.3)
    .describe('The mean balance averages over the sigmas up to this one'),
  clip: z.boolean().default(true).describe('Clip noisy images to the bounds of the data'),
  images: z.int().positive().default(3000).describe('How many pairs of test images, from the first on'),
  batchSize: z.int().positive().default(500).describe('Images in memory at once; does not change the result'),
  withoutSplit: z.string().default('test-without-corner').describe('Split with the images without the object'),
  withSplit: z.string().default('test-with-corner').describe('Split with the same images with the object'),
  compareTo: z
    .string()
    .optional()
    .describe('Label of the row that all others are subtracted from; without it, every pair of rows is shown'),
  groups: z
    .strictObject({
      changing: z.string().default('0–4'),
      keeping: z.string().default('5–9'),
      with: z.string().default('corner'),
      without: z.string().default('none'),
    })
    .prefault({})
    .describe('Names of the groups in tables and figures'),
});

/** Options of `balance`. */
export type BalanceOptions = z.input<typeof balanceSchema>;

/** Options of `balance` with the defaults filled in. */
export type ResolvedBalanceOptions = z.output<typeof balanceSchema>;
