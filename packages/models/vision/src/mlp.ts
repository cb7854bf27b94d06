import { factory } from '@equipoise/kit';
import { defineComponent } from '@equipoise/spec';
import * as z from 'zod';
import { denseLayers, headOf, inputLayers, weightStream } from './hidden-layers.js';
import { flatten } from './layers/flatten.js';
import { commonOptions, normalizationOf } from './options.js';
import { sequential } from './sequential.js';

const schema = z.strictObject({
  inputShape: z.array(z.int().min(1)).min(1).default([28, 28, 1]).describe('Shape of one input; it is flattened.'),
  hidden: z
    .array(z.int().min(1))
    .default([256])
    .describe('Sizes of the hidden layers; none makes a linear classifier.'),
  ...commonOptions,
});

/** Options of {@link mlp}. */
export type MlpOptions = z.input<typeof schema>;

/**
 * A multilayer perceptron: flatten, then for each hidden size dense – normalisation – activation – dropout, then the head.
 *
 * Layers: `standardize` (if `mean` or `std` is given), `flatten`, `dense1`, `dense1.normalization`, `dense1.activation`, `dense1.dropout`, …, `head`;
 * the embedding is the input of the head.
 */
export const mlpComponent = defineComponent({
  specVersion: 1,
  kind: 'model',
  name: 'mlp',
  description: 'Multilayer perceptron: dense hidden layers on the flattened input',
  options: schema,
  example: { inputShape: [8, 8, 1], hidden: [16], classes: 3 },
  create: (options, context) => {
    const { inputShape, bounds, hidden, classes, activation, initializer, mean, std } = options;
    const style = { activation, initializer, normalization: normalizationOf(options.normalization) };
    return sequential({
      inputShape,
      bounds,
      layers: [...inputLayers(mean, std), flatten({ name: 'flatten' }), ...denseLayers(hidden, style, options.dropout)],
      ...headOf(classes, initializer),
      rng: weightStream(options.seed, context),
    });
  },
});

/** Makes a multilayer perceptron; see {@link mlpComponent}. */
export const mlp = factory(mlpComponent);
