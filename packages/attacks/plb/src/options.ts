import { normOption } from '@equipoise/ascent';
import * as z from 'zod';

const noise = z.strictObject({
  first: z.number().positive().default(0.01).describe('Size of the noise at the first attempt, in units of the input.'),
  growth: z.number().min(1).default(1.06).describe('By what the size grows from one attempt to the next.'),
  attempts: z.int().min(1).default(100).describe('Attempts with noise around the input.'),
  pictures: z.int().min(0).default(32).describe('Attempts with random coarse pictures after those.'),
});

/** The options of the proximal log-barrier attack. */
export const schema = z.strictObject({
  norm: normOption(['linf', 'l2', 'l1', 'l0', 'total-variation']).describe('What is made small.'),
  lambda: z.number().positive().default(0.1).describe('Weight λ of the barrier in the first outer iteration.'),
  beta: z
    .number()
    .positive()
    .max(1)
    .default(0.75)
    .describe('By what λ is multiplied from one outer iteration to the next.'),
  stepSize: z.number().positive().default(0.1).describe('Step size h of the gradient of the barrier.'),
  mu: z.number().positive().default(1).describe('Weight μ of the norm in its proximal operator.'),
  gamma: z
    .number()
    .positive()
    .lt(1)
    .default(0.05)
    .describe('Share γ of the candidate in what is tried next, if the candidate does not meet the criterion.'),
  outer: z.int().min(1).default(30).describe('Outer iterations, each with a smaller λ.'),
  inner: z.int().min(1).default(30).describe('Inner iterations, each with a gradient and a line search.'),
  restarts: z
    .int()
    .min(1)
    .default(1)
    .describe('Runs from different starts, of which the nearest result is kept for each sample.'),
  maxBacktracks: z
    .int()
    .min(0)
    .default(12)
    .describe('How often a candidate is moved back at most; after that the sample stays where it was.'),
  scores: z
    .enum(['logits', 'probabilities'])
    .default('logits')
    .describe('What the gap between the label and the strongest other class is measured in.'),
  noise: noise.prefault({}).describe('How a start is looked for.'),
  proxIterations: z
    .int()
    .min(1)
    .default(50)
    .describe('For the total variation: iterations of its proximal operator, which has no closed form.'),
});

/** The validated options of the proximal log-barrier attack. */
export type PlbSettings = z.output<typeof schema>;
