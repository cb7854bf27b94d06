import { optimizerSchema } from '@equipoise/kit';
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

const evaluation = z
  .strictObject({
    split: z.string().min(1).default('test').describe('The split that is evaluated on'),
    heldOutFraction: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe('Evaluate on this fraction of the training split instead, drawn by seed and not trained on'),
    everySteps: count.optional().describe('Steps between two evaluations'),
    everyEpochs: z.number().positive().optional().describe('Epochs between two evaluations; 1 if neither is given'),
    size: count.optional().describe('At most this many examples, the first ones of the split'),
    batchSize: count.default(500).describe('Examples at a time; changes nothing but memory and time'),
    metric: z
      .enum(['accuracy', 'crossEntropy'])
      .default('accuracy')
      .describe('What decides which weights are best: the highest accuracy or the lowest cross-entropy'),
  })
  .refine((options) => options.everySteps === undefined || options.everyEpochs === undefined, {
    error: 'Give everySteps or everyEpochs, not both.',
  });

const earlyStopping = z.strictObject({
  patience: count.describe('Stop after this many evaluations in a row without improvement'),
  minDelta: z.number().nonnegative().default(0).describe('The least change of the metric that counts as improvement'),
});

const checkpoints = z
  .strictObject({
    everySteps: count.optional().describe('Steps between two checkpoints'),
    everyEpochs: z.number().positive().optional().describe('Epochs between two checkpoints; 1 if neither is given'),
  })
  .refine((options) => options.everySteps === undefined || options.everyEpochs === undefined, {
    error: 'Give everySteps or everyEpochs, not both.',
  });

/** The schema of the options of the trainer `supervised`. */
export const supervisedSchema = z
  .strictObject({
    epochs: z.number().positive().optional().describe('Passes over the data; 1 if neither epochs nor steps is given'),
    steps: count.optional().describe('Updates of the weights, instead of epochs'),
    batchSize: count.default(128).describe('Examples a step'),
    dropLast: z.boolean().default(false).describe('Whether an incomplete last batch of an epoch is left out'),
    sampling: z
      .enum(['shuffle', 'class-balanced'])
      .default('shuffle')
      .describe('Every example once an epoch, or every class equally often'),
    optimizer: optimizerSchema
      .prefault({ name: 'adam' })
      .describe('The optimizer and its learning rate, a number or a schedule over the steps of the run'),
    noise: noise.prefault({}).describe('Noise on the inputs, as augmentation'),
    evaluation: evaluation.optional().describe('Evaluation during training; none if left out'),
    earlyStopping: earlyStopping.optional().describe('When to stop before the end; needs evaluation'),
    checkpoints: checkpoints.prefault({}).describe('How often the state is handed out; always at the end too'),
    logEvery: count
      .default(10)
      .describe('Steps between two step events; the loss is read from the device only then, and checked for NaN'),
  })
  .refine((options) => options.epochs === undefined || options.steps === undefined, {
    error: 'Give epochs or steps, not both.',
  })
  .refine((options) => options.earlyStopping === undefined || options.evaluation !== undefined, {
    path: ['earlyStopping'],
    error: 'Needs evaluation, whose metric it watches.',
  });

/** Options of the trainer `supervised`, as they are given. */
export type SupervisedOptions = z.input<typeof supervisedSchema>;

/** Options of the trainer `supervised` with the defaults filled in. */
export type SupervisedSettings = z.output<typeof supervisedSchema>;

/** Noise as augmentation. */
export type NoiseSettings = SupervisedSettings['noise'];
