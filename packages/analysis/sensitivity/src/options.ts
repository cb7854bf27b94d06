import * as z from 'zod';

const box = z.strictObject({
  top: z.int().nonnegative().describe('First row, in pixels'),
  left: z.int().nonnegative().describe('First column, in pixels'),
  height: z.int().positive().describe('Number of rows'),
  width: z.int().positive().describe('Number of columns'),
});

const finite = z.strictObject({
  method: z.literal('finite').describe('The change when one entry is moved by δ'),
  delta: z.number().default(0.1).describe('δ, in units of the input; the moved input is not clipped'),
});

/** Schema of the options of `sensitivity`. */
export const sensitivitySchema = z.strictObject({
  images: z.int().positive().default(1000).describe('How many images, from the first on'),
  split: z.string().default('test-without-corner').describe('Split of the images that are measured'),
  batchSize: z.int().positive().default(100).describe('Images in memory at once; does not change the result'),
  utility: z
    .discriminatedUnion('method', [z.strictObject({ method: z.literal('gradient').describe('|∂ℓ/∂x_j|') }), finite])
    .prefault({ method: 'gradient' })
    .describe('Form of the contextual utility'),
  sensitivity: z
    .discriminatedUnion('method', [
      z.strictObject({ method: z.literal('exact').describe('‖∂φ/∂x_j‖: one product for every component of φ') }),
      z.strictObject({
        method: z.literal('random').describe('‖∂φ/∂x_j‖, estimated by random projections of φ'),
        projections: z.int().positive().default(8).describe('How many vector-Jacobian products'),
      }),
      finite,
    ])
    .prefault({ method: 'random' })
    .describe('Form of the contextual sensitivity'),
  regions: z
    .array(box)
    .min(1)
    .default([
      { top: 1, left: 1, height: 9, width: 9 },
      { top: 1, left: 18, height: 9, width: 9 },
      { top: 18, left: 1, height: 9, width: 9 },
      { top: 18, left: 18, height: 9, width: 9 },
    ])
    .describe('The corner boxes; everything else is "elsewhere"'),
  changing: z.array(z.int().nonnegative()).default([0, 1, 2, 3, 4]).describe('Labels whose class the corner changes'),
  keeping: z
    .array(z.int().nonnegative())
    .default([5, 6, 7, 8, 9])
    .describe('Labels whose class the corner leaves alone'),
  pictures: z.int().nonnegative().default(6).describe('How many images to draw with their maps'),
  pictureSplit: z.string().default('test-with-corner').describe('Split of the images that are drawn'),
});

/** Options of `sensitivity`. */
export type SensitivityOptions = z.input<typeof sensitivitySchema>;

/** Options of `sensitivity` with the defaults filled in. */
export type ResolvedSensitivityOptions = z.output<typeof sensitivitySchema>;
