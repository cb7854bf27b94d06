import * as z from 'zod';

const threads = z
  .int()
  .positive()
  .optional()
  .describe('Threads that share one operation; the default is one for each core. Counts for the first activation');

/** Schema of the options of `node`. */
export const nodeSchema = z.strictObject({ threads });

/** Options of `node`. */
export type NodeOptions = z.input<typeof nodeSchema>;

/** Schema of the options of `node-gpu`. */
export const nodeGpuSchema = z.strictObject({
  threads,
  device: z
    .int()
    .nonnegative()
    .default(0)
    .describe('Number of the GPU to use, from 0, as `equipoise backend list` counts them'),
  memoryGrowth: z
    .boolean()
    .default(true)
    .describe("Take the GPU's memory as it is needed; false takes nearly all of it at once, which is a little faster"),
});

/** Options of `node-gpu`. */
export type NodeGpuOptions = z.input<typeof nodeGpuSchema>;
