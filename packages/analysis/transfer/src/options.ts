import { componentOption } from '@equipoise/kit';
import * as z from 'zod';

/** Schema of the options of `transfer`. */
export const transferSchema = z.strictObject({
  attack: componentOption('attack', 'pgd').describe('The attack that makes adversarial examples on each model'),
  models: z
    .record(z.string().min(1), componentOption('model', 'cnn'))
    .refine((models) => Object.keys(models).length > 0, { error: 'Expected at least one model.' })
    .describe('The other models by name, beside the one that is analysed'),
  modes: z
    .array(z.enum(['untargeted', 'targeted']))
    .min(1)
    .default(['untargeted'])
    .describe('Whether any other class counts, or only the class that the attack aims at'),
  targets: z
    .enum(['next', 'random'])
    .default('next')
    .describe('What targeted attacks aim at: the class after the true one, or another class at random'),
  accuracies: z
    .record(z.string(), z.number().min(0).max(1))
    .optional()
    .describe(
      'How well each model does elsewhere, such as when trained on D_det, by its name ("subject" for the one that is analysed), ' +
        'to be correlated with how far examples move to it; absent: its accuracy on `features`, else on the clean samples',
    ),
  features: componentOption('dataset', 'relabelled')
    .optional()
    .describe('A data set such as D_det, on which the accuracy of each model is measured'),
  featuresSplit: z.string().default('train').describe('Split of `features`'),
  split: z.string().default('test').describe('Split that is attacked'),
  samples: z.int().positive().default(500).describe('How many samples, from the first on'),
  batchSize: z.int().positive().default(100).describe('Samples in memory at once; does not change the result'),
});

/** Options of `transfer`. */
export type TransferOptions = z.input<typeof transferSchema>;

/** Options of `transfer` with the defaults filled in. */
export type ResolvedTransferOptions = z.output<typeof transferSchema>;
