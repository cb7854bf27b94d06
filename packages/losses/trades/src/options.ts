import { lengthSchema } from '@equipoise/ascent';
import { componentOption, scheduleSchema } from '@equipoise/kit';
import * as z from 'zod';

/** The schema of the options of the loss `trades`. */
export const tradesSchema = z.strictObject({
  attack: componentOption('attack', 'pgd').describe(
    'What looks for x\': an attack that maximises an objective of others, such as "pgd" with keep: "last"',
  ),
  beta: z.number().nonnegative().default(6).describe('β = 1/λ: weight of the divergence'),
  eps: z
    .union([lengthSchema, scheduleSchema])
    .optional()
    .describe(
      "Radius in the place of the attack's own: a number, or a schedule over the steps whose rate is taken for the radius",
    ),
  startNoise: z
    .number()
    .nonnegative()
    .default(0.001)
    .describe('Standard deviation of the Gaussian noise with which the attack starts; 0 for its own way to start'),
});

/** Options of the loss `trades`, as they are given. */
export type TradesOptions = z.input<typeof tradesSchema>;

/** Options of the loss `trades` with the defaults filled in. */
export type TradesSettings = z.output<typeof tradesSchema>;
