import { lengthSchema } from '@equipoise/ascent';
import { componentOption } from '@equipoise/kit';
import type { Distance } from '@equipoise/spec';
import * as z from 'zod';

/** The ways to measure distances, in the order of tables. */
export const distances = ['linf', 'l2', 'l1', 'l0', 'total-variation'] as const satisfies readonly Distance[];

const attack = componentOption('attack', 'pgd');
const radius = lengthSchema.refine(Number.isFinite, { error: 'Expected a finite radius.' });
const radii = z.array(radius).min(1);

const checks = z.strictObject({
  samples: z.int().positive().default(32).describe('How many samples that are right when clean the checks look at'),
  steps: z.int().min(4).default(20).describe('Gradient steps of the checks'),
  noise: z.int().positive().default(10).describe('Random points in the ball for each sample'),
});

/** Schema of the options of `robustness`. */
export const robustnessSchema = z.strictObject({
  attacks: z
    .union([
      z.record(z.string().min(1), attack).refine((all) => Object.keys(all).length > 0, {
        error: 'Expected at least one attack.',
      }),
      z.array(attack).min(1),
    ])
    .describe('The attacks by name, or a list of them, which are called attack-1, attack-2, …'),
  eps: z
    .union([radius, radii, z.partialRecord(z.enum(distances), radii)])
    .optional()
    .describe(
      'Radii in units of the input, numbers or fractions such as "8/255": one, a list, or a list for each norm; ' +
        'absent: the radii of the attacks themselves',
    ),
  split: z.string().default('test').describe('Split that is attacked'),
  samples: z.int().positive().optional().describe('How many samples, from the first on; absent: the whole split'),
  batchSize: z.int().positive().default(100).describe('Samples in memory at once; does not change the result'),
  pictures: z.int().nonnegative().default(4).describe('How many fooled samples to draw for each attack'),
  checks: z
    .union([z.literal(false), checks])
    .prefault({})
    .describe('Checks for masked gradients and attacks that are too weak, or false'),
});

/** Options of `robustness`. */
export type RobustnessOptions = z.input<typeof robustnessSchema>;

/** Options of `robustness` with the defaults filled in. */
export type ResolvedRobustnessOptions = z.output<typeof robustnessSchema>;

/** What the checks look at. */
export type CheckOptions = z.output<typeof checks>;
