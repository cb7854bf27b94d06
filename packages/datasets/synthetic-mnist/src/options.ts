import { componentOption } from '@equipoise/kit';
import * as z from 'zod';
import { cornerNames } from './places.js';

/** Schema of the options of `synthetic-mnist`. The paper leaves open all but the labels; see each option. */
export const syntheticMnistSchema = z.strictObject({
  digits: componentOption('dataset', 'mnist').describe('The digits: images of 28x28x1 in [0, 1] with labels 0–9'),
  seed: z
    .int()
    .optional()
    .describe(
      'Seed of all that is drawn: images, corners, corner digits; without it they come from the stream of the run',
    ),
  cornerProbability: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      'Probability that an image has a corner digit; 0.05 makes it rare, which is where robustness costs sensitivity',
    ),
  cornerSize: z
    .int()
    .min(1)
    .max(14)
    .default(9)
    .describe('Height and width of the corner digit in pixels; above 9 it overlaps the box of the centre digit'),
  margin: z.int().min(0).max(14).default(1).describe('Pixels between the corner digit and the two edges of the image'),
  contrast: z.number().gt(0).max(1).default(1).describe('What the corner digit is multiplied by'),
  resize: z
    .enum(['area', 'bilinear'])
    .default('area')
    .describe(
      'How the corner digit is scaled down: mean over the area of each pixel, or between the four nearest pixels',
    ),
  rescale: z
    .boolean()
    .default(true)
    .describe('Rescale the scaled-down digit so that its brightest pixel is 1, before the contrast'),
  composition: z
    .enum(['max', 'add', 'replace'])
    .default('max')
    .describe(
      'How the corner digit is put into the image: the brighter of both, their sum up to 1, or in place of the box',
    ),
  corners: z
    .array(z.enum(cornerNames))
    .min(1)
    .refine((corners) => new Set(corners).size === corners.length, { error: 'Name each corner once.' })
    .default([...cornerNames])
    .describe('The corners that are drawn from, each as likely'),
  cornerDigitFrom: z
    .string()
    .min(1)
    .default('same-split')
    .describe('The split that corner digits are drawn from: same-split, or the name of one such as train'),
  count: z
    .record(z.string(), z.int().positive())
    .default({})
    .describe(
      'Number of images of a split, drawn by the seed, such as { "train": 12000 }; all of those that are not named',
    ),
});

/** Options of `synthetic-mnist`. */
export type SyntheticMnistOptions = z.input<typeof syntheticMnistSchema>;

/** Options of `synthetic-mnist` with the defaults filled in. */
export type ResolvedSyntheticMnistOptions = z.output<typeof syntheticMnistSchema>;
