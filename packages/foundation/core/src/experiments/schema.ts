import type { Kind } from '@equipoise/spec';
import * as z from 'zod';
import type { Experiment } from './types.js';

const slug = z
  .string()
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/,
    'Expected letters, digits, dots, hyphens and underscores, beginning with a letter or digit',
  );

const reference = (kind: Kind) =>
  z
    .strictObject({
      use: z.string().describe('Name of the component.'),
      options: z.record(z.string(), z.unknown()).default({}).describe('Its options.'),
    })
    .meta({ equipoiseKind: kind });

const row = z.strictObject({
  name: slug.describe('Name of the row, used for files; unique.'),
  label: z.string().optional().describe('What tables and figures call it; default its name.'),
  loss: reference('loss').describe('What is minimised.'),
  trainer: reference('trainer').optional().describe("Default: the experiment's."),
  model: reference('model').optional().describe("Default: the experiment's."),
  dataset: reference('dataset').optional().describe("Default: the experiment's."),
  start: z.boolean().default(true).describe('Whether to begin from the shared start, if the experiment has one.'),
});

const analysis = z
  .strictObject({
    use: z.string().describe('Name of the component.'),
    options: z.record(z.string(), z.unknown()).default({}).describe('Its options.'),
    name: slug.optional().describe('Name of its part of the report; default the name of the component.'),
  })
  .meta({ equipoiseKind: 'analysis' });

const start = z.strictObject({
  loss: reference('loss').describe('What the start minimises.'),
  trainer: reference('trainer').describe('How long and how the start is trained.'),
});

const settings = {
  title: z.string().optional().describe('Heading of the report; default the name.'),
  description: z.string().optional().describe('What the experiment asks.'),
  backend: z.string().default('auto').describe('What computes: "auto" for the best that works, or a name.'),
  seeds: z
    .array(z.int().min(0))
    .min(1)
    .default([1])
    .describe('Every row is trained once with each seed; the same seed gives all rows the same data and start.'),
  rows: z.array(row).min(1).describe('What is compared: one training a row and seed.'),
  analyses: z.array(analysis).default([]).describe('How every trained model is looked at.'),
  workers: z
    .union([z.literal('auto'), z.int().min(1)])
    .default('auto')
    .describe('How many trainings may run side by side; does not change results.'),
};

const patch = z.record(z.string(), z.unknown()).describe('Merged into the base; arrays are replaced, null removes.');

const profile = z
  .strictObject({
    ...settings,
    dataset: patch,
    model: patch,
    trainer: patch,
    start: patch.nullable(),
    seeds: settings.seeds.unwrap(),
    analyses: settings.analyses.unwrap(),
    backend: settings.backend.unwrap(),
    workers: settings.workers.unwrap(),
  })
  .partial();

/** The schema of an experiment's JSON. */
export const experimentSchema: z.ZodType<Experiment> = z.strictObject({
  $schema: z.string().optional().describe('Where an editor finds the JSON Schema.'),
  specVersion: z.literal(1).describe('Version of this format.'),
  name: slug.describe('Name of the experiment and of its run folder.'),
  ...settings,
  dataset: reference('dataset').describe('The data.'),
  model: reference('model').describe('The network.'),
  trainer: reference('trainer').describe('How rows are trained, unless they say otherwise.'),
  start: start.optional().describe('A training that comes first, once a seed, from which all rows begin.'),
  profiles: z.record(slug, profile).default({}).describe('Named changes to the experiment, such as "full".'),
});
