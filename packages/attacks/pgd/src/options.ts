import {
  ballNorms,
  epsOption,
  lengthSchema,
  normOption,
  objectiveOption,
  type Transformation,
} from '@equipoise/ascent';
import { componentOption } from '@equipoise/kit';
import * as z from 'zod';

const transformation = z
  .custom<Transformation>((value) => typeof value === 'function', {
    error: 'Expected a function (x, rng, place) => x.',
  })
  .meta({ description: 'From code: a random change of the inputs before each evaluation.' });

const expectation = z.strictObject({
  samples: z.int().min(1).default(20).describe('Draws a step, whose gradients are averaged.'),
  noise: z
    .number()
    .nonnegative()
    .default(0)
    .describe('Standard deviation of Gaussian noise that is added in each draw.'),
  transformation: transformation.optional(),
});

/** The options of PGD. */
export const schema = z
  .strictObject({
    norm: normOption(ballNorms),
    eps: epsOption,
    steps: z.int().min(0).default(40).describe('Number of gradient steps.'),
    stepSize: lengthSchema
      .optional()
      .describe('Length of a step in the norm, in units of the input; default 2.5·eps/steps.'),
    randomStart: z
      .boolean()
      .default(true)
      .describe('Start at a point that is uniform in the ball instead of at the input.'),
    restarts: z
      .int()
      .min(1)
      .default(1)
      .describe('Runs from different random points, of which the best is kept for each sample.'),
    objective: objectiveOption.default('cross-entropy'),
    momentum: z
      .number()
      .nonnegative()
      .optional()
      .describe('Decay of accumulated gradients (MI-FGSM: 1); absent: none.'),
    keep: z
      .enum(['success', 'value', 'last'])
      .default('success')
      .describe(
        'Which iterate comes back: the best that met the criterion, the one of the highest objective, or the last.',
      ),
    earlyStop: z
      .boolean()
      .default(false)
      .describe('Samples that met the criterion stop; they leave the batch, so that the rest is faster.'),
    projection: z
      .enum(['nearest', 'ball-then-box'])
      .default('nearest')
      .describe('For l1: the nearest point of ball and box at once, or of the ball and then of the box.'),
    sparsity: z
      .number()
      .positive()
      .max(1)
      .default(1)
      .describe('For l1: share of the entries that a step moves, the largest of the gradient.'),
    expectation: expectation
      .optional()
      .describe('Averages gradients over random draws, for models or inputs that are random.'),
    surrogate: componentOption('model', 'cnn')
      .optional()
      .describe('A model that gives the gradients in place of the attacked one, whose verdict still counts.'),
  })
  .refine(({ restarts, randomStart }) => restarts === 1 || randomStart, {
    path: ['restarts'],
    error: 'Restarts differ only by their random start; expected randomStart: true, or restarts: 1.',
  });

/** The validated options of PGD. */
export type PgdSettings = z.output<typeof schema>;
