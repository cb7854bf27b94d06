import { normOption } from '@equipoise/ascent';
import * as z from 'zod';
import { queriesOption, startAttemptsOption } from '../starts.js';

/** The options of HopSkipJump. */
export const schema = z.strictObject({
  norm: normOption(['l2', 'linf']).describe('What is made small.'),
  queries: queriesOption(5000),
  steps: z
    .int()
    .min(1)
    .default(64)
    .describe('Iterations at most; the budget of queries usually ends the attack before.'),
  initialDraws: z
    .int()
    .min(2)
    .default(100)
    .describe('Directions of the first gradient estimate; that of iteration t has √t times as many.'),
  largestDraws: z.int().min(2).default(10_000).describe('Directions of an estimate at most.'),
  gamma: z
    .number()
    .positive()
    .default(1)
    .describe(
      'Precision of the boundary search: it ends within γ/d^1.5 (l2) or γ/d² (linf) of the way, d the size of an input.',
    ),
  startAttempts: startAttemptsOption,
});

/** The validated options of HopSkipJump. */
export type HopSkipJumpSettings = z.output<typeof schema>;
