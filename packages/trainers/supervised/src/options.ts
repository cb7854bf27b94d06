import { evaluationOption, trainingOptions, withTrainingRules } from '@equipoise/training';
import * as z from 'zod';

const count = z.int().positive();

const noise = z.strictObject({
  type: z
    .enum(['none', 'gaussian', 'patch-gaussian'])
    .default('none')
    .describe('Noise on the inputs: none, on every entry, or in a square window'),
  sigma: z
    .union([
      z.number().nonnegative(),
      z
        .tuple([z.number().nonnegative(), z.number().nonnegative()])
        .refine(([low, high]) => low <= high, { error: 'Expected [low, high] with low <= high.' }),
    ])
    .default([0, 0.3])
    .describe('Standard deviation in units of the input: one number, or [low, high], uniform in that range per image'),
  patchSize: count.default(14).describe('Side of the window of "patch-gaussian", in pixels'),
  fraction: z.number().min(0).max(1).default(1).describe('Probability that an image is noisy; the others stay clean'),
  clip: z.boolean().default(true).describe("Whether noisy inputs are cut off at the model's bounds"),
});

const { earlyStopping, checkpoints, logEvery, ...first } = trainingOptions;

/** The schema of the options of the trainer `supervised`. */
export const supervisedSchema = withTrainingRules(
  z.strictObject({
    ...first,
    noise: noise.prefault({}).describe('Noise on the inputs, as augmentation'),
    evaluation: evaluationOption(['accuracy', 'crossEntropy'])
      .optional()
      .describe('Evaluation during training; none if left out'),
    earlyStopping,
    checkpoints,
    logEvery,
  }),
);

/** Options of the trainer `supervised`, as they are given. */
export type SupervisedOptions = z.input<typeof supervisedSchema>;

/** Options of the trainer `supervised` with the defaults filled in. */
export type SupervisedSettings = z.output<typeof supervisedSchema>;

/** Noise as augmentation. */
export type NoiseSettings = SupervisedSettings['noise'];
