import * as z from 'zod';
import { queriesOption, startAttemptsOption } from '../starts.js';

/** The options of the boundary attack. */
export const schema = z.strictObject({
  queries: queriesOption(10_000),
  orthogonalStep: z
    .number()
    .positive()
    .default(0.01)
    .describe('Length of the first random step on the sphere around the input, as a share of the distance.'),
  sourceStep: z
    .number()
    .positive()
    .default(0.01)
    .describe('Length of the first step towards the input, as a share of the distance.'),
  adaptation: z
    .number()
    .gt(1)
    .default(1.5)
    .describe('By what steps are multiplied or divided when too many or too few of them succeed.'),
  convergence: z
    .number()
    .nonnegative()
    .default(1e-7)
    .describe('A sample is done when its step towards the input has become shorter than this share of the distance.'),
  startAttempts: startAttemptsOption,
});

/** The validated options of the boundary attack. */
export type BoundarySettings = z.output<typeof schema>;
