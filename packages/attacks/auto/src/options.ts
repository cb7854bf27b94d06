import { ballNorms, epsOption, normOption } from '@equipoise/ascent';
import * as z from 'zod';

/** What both forms of Auto-PGD can set. */
export const apgdOptions = {
  norm: normOption(ballNorms),
  eps: epsOption,
  steps: z.int().min(1).default(100).describe('Number of gradient steps of each run.'),
  restarts: z.int().min(1).default(1).describe('Runs from different random points, side by side.'),
  randomStart: z.boolean().default(true).describe('Start at a random point of the ball instead of at the input.'),
  rho: z
    .number()
    .min(0)
    .max(1)
    .default(0.75)
    .describe('For linf and l2: share of the steps in which the objective has to rise, or the step is halved.'),
  expectationSamples: z
    .int()
    .min(1)
    .default(1)
    .describe('Draws whose gradients are averaged in each step, for models that are random.'),
  shrinkingRadius: z
    .boolean()
    .default(true)
    .describe('For l1: six tenths of the steps in balls of three and then two times the radius.'),
};

/** Validated options that both forms of Auto-PGD have. */
export type ApgdSettings = z.output<z.ZodObject<typeof apgdOptions>>;

/** How many classes an attack aims at. */
export const targetClassesOption = z
  .int()
  .min(1)
  .default(9)
  .describe('Number of classes that are aimed at, the strongest others first; all others if there are fewer.');

/** What both forms of FAB can set. */
export const fabOptions = {
  norm: normOption(ballNorms),
  eps: epsOption
    .optional()
    .describe('Radius within which a success counts and ends the search; absent: the nearest success is looked for.'),
  steps: z.int().min(1).default(100).describe('Number of steps of each run.'),
  restarts: z.int().min(1).default(1).describe('Runs for each class; all but the first from random points.'),
  alphaMax: z.number().min(0).max(1).default(0.1).describe('Largest weight of the way from the input itself.'),
  eta: z.number().min(1).default(1.05).describe('By how much a step goes beyond the plane of the boundary.'),
  beta: z.number().min(0).max(1).default(0.9).describe('How far a success stays from the input when it moves back.'),
};

/** Validated options that both forms of FAB have. */
export type FabSettings = z.output<z.ZodObject<typeof fabOptions>>;
