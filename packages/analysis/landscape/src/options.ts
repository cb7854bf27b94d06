import { componentOption } from '@equipoise/kit';
import * as z from 'zod';

/** The options that say which images are looked at. */
export const imageOptions = {
  split: z.string().min(1).default('test').describe('The split whose first images are looked at'),
  batchSize: z.int().positive().default(500).describe('Images in memory at once; does not change the result'),
};

/** Schema of the options of `loss-landscape`. */
export const lossLandscapeSchema = z.strictObject({
  attack: componentOption('attack', 'pgd').describe('The attack whose end gives the first direction'),
  images: z.int().positive().default(100).describe('How many images the loss is averaged over, from the first on'),
  ...imageOptions,
  radius: z
    .number()
    .positive()
    .optional()
    .describe("How far to look along each direction, in units of the attack's norm; default its radius"),
  points: z
    .int()
    .min(3)
    .max(101)
    .refine((points) => points % 2 === 1, { error: 'Expected an odd number, so that the image itself is a point.' })
    .default(21)
    .describe('Points along each direction, from -radius to radius'),
});

/** Options of `loss-landscape`. */
export type LossLandscapeOptions = z.input<typeof lossLandscapeSchema>;

/** Options of `loss-landscape` with the defaults filled in. */
export type LossLandscapeSettings = z.output<typeof lossLandscapeSchema>;
