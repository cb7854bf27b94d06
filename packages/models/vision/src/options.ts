import * as z from 'zod';
import { activations } from './layers/activation.js';
import { initializers } from './initializers.js';

const positiveInteger = z.int().min(1);
const epsilon = z.number().positive().default(1e-5).describe('Added to the variance.');

/** A size along height and width: one number for both, or a pair. */
export const sizeSchema = z.union([positiveInteger, z.tuple([positiveInteger, positiveInteger])], {
  error: 'Expected a whole number from 1 on, or a pair of them.',
});

const zeros = z.int().min(0);

/** How the border of an image is filled with zeros. */
export const paddingSchema = z
  .union([z.enum(['same', 'valid']), zeros, z.tuple([zeros, zeros])], {
    error: 'Expected "same", "valid", a whole number from 0 on, or a pair of them.',
  })
  .describe(
    "Zeros around the image: 'same', 'valid', their number on every side, or [above and below, left and right].",
  );

/** Normalisation between a layer and its activation, in the long form. */
export const normalizationFormSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({
    type: z.literal('batch'),
    momentum: z.number().gt(0).max(1).default(0.1).describe('Share of the newest batch in the moving averages.'),
    epsilon,
    unbiased: z.boolean().default(true).describe('Whether the moving variance is of the unbiased estimate.'),
  }),
  z.strictObject({
    type: z.literal('group'),
    groups: positiveInteger.default(8).describe('Number of groups; it divides the number of channels.'),
    epsilon,
  }),
  z.strictObject({ type: z.literal('layer'), epsilon }),
]);

/** Normalisation in the long form, defaults filled in. */
export type Normalization = z.output<typeof normalizationFormSchema>;

/** Normalisation between a layer and its activation: a name, or an object with its options. */
export const normalizationSchema = z
  .union([z.enum(['none', 'batch', 'group', 'layer']), normalizationFormSchema], {
    error: 'Expected "none", "batch", "group", "layer", or an object with one of them as "type".',
  })
  .describe('Normalisation between each hidden layer and its activation; it takes the place of the bias.');

/** Fills in the defaults of a normalisation given by name. */
export function normalizationOf(value: z.output<typeof normalizationSchema>): Normalization {
  return typeof value === 'string' ? normalizationFormSchema.parse({ type: value }) : value;
}

const oneOrPerChannel = (number: z.ZodNumber) =>
  z.union([number, z.array(number).min(1)], { error: 'Expected a number, or a list of numbers, one a channel.' });

/** The options that all networks of this package share. */
export const commonOptions = {
  classes: z.int().min(2).nullable().default(10).describe('Number of classes; null for an encoder without a head.'),
  activation: z.enum(activations).default('relu').describe('Activation after each hidden layer.'),
  normalization: normalizationSchema.default('none'),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Probability that a value after a dense layer is dropped in training.'),
  initializer: z.enum(initializers).default('torch-uniform').describe('How the initial weights are drawn.'),
  mean: oneOrPerChannel(z.number()).default(0).describe('Subtracted from the input: one number, or one a channel.'),
  std: oneOrPerChannel(z.number().positive())
    .default(1)
    .describe('What the input is divided by after that: one number, or one a channel.'),
  bounds: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, 'The lower bound must be below the upper one.')
    .default([0, 1])
    .describe('The range of valid inputs.'),
  seed: z
    .union([z.int(), z.string()])
    .optional()
    .describe('Seed of the initial weights; without it they come from the stream of the run.'),
};
