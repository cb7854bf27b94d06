import { factory } from '@equipoise/kit';
import { defineComponent } from '@equipoise/spec';
import * as z from 'zod';
import { cnnPresets, type CnnPreset } from './cnn-presets.js';
import {
  afterLayer,
  denseLayers,
  headOf,
  inputLayers,
  needsBias,
  weightStream,
  type HiddenStyle,
} from './hidden-layers.js';
import { convolution } from './layers/convolution.js';
import { flatten } from './layers/flatten.js';
import { globalAverage } from './layers/global-average.js';
import type { LayerBuilder } from './layers/layer.js';
import { pooling } from './layers/pooling.js';
import { commonOptions, normalizationOf, paddingSchema, sizeSchema } from './options.js';
import { sequential } from './sequential.js';

const convolutionSchema = z.strictObject({
  channels: z.int().min(1).describe('Number of filters.'),
  kernel: sizeSchema.default(3).describe('Height and width of a filter.'),
  stride: sizeSchema.default(1).describe('Step of the filter.'),
  padding: paddingSchema.default('same'),
  pool: z.boolean().default(true).describe('Whether `pooling` follows this convolution.'),
});

const poolingSchema = z.strictObject({
  type: z.enum(['none', 'max', 'average']).describe('What goes on from each window: the largest or the mean value.'),
  size: sizeSchema.default(2).describe('Height and width of the window.'),
  stride: sizeSchema.optional().describe('Step of the window; its size if absent.'),
  padding: z.enum(['same', 'valid']).default('valid').describe('Whether windows may reach over the border.'),
});

const schema = z.strictObject({
  preset: z
    .enum(Object.keys(cnnPresets) as [CnnPreset, ...CnnPreset[]])
    .default('small')
    .describe('The architecture from which `convolutions`, `pooling` and `dense` come where they are not given.'),
  inputShape: z
    .tuple([z.int().min(1), z.int().min(1), z.int().min(1)])
    .default([28, 28, 1])
    .describe('Height, width and channels of an image.'),
  convolutions: z.array(convolutionSchema).min(1).optional().describe('The convolutions, in order.'),
  pooling: poolingSchema.optional().describe('Pooling after the activation of each convolution.'),
  reduce: z
    .enum(['flatten', 'global-average'])
    .default('flatten')
    .describe('How an image of features becomes a row of features before the dense layers.'),
  dense: z.array(z.int().min(1)).optional().describe('Sizes of the dense hidden layers.'),
  ...commonOptions,
});

/** Options of {@link cnn}. */
export type CnnOptions = z.input<typeof schema>;

type Resolved = z.output<typeof schema>;

/**
 * A convolutional network: for each convolution conv – normalisation – activation – pooling, then flatten or global average, then
 * dense – normalisation – activation – dropout for each dense size, then the head.
 *
 * Layers: `standardize` (if `mean` or `std` is given), `conv1`, `conv1.normalization`, `conv1.activation`, `conv1.pool`, …, `reduce`, `dense1`, …, `head`; the
 * embedding is the input of the head. The presets' architectures are in {@link cnnPresets}.
 */
export const cnnComponent = defineComponent({
  specVersion: 1,
  kind: 'model',
  name: 'cnn',
  description: 'Convolutional network with presets small and madry-mnist',
  options: schema,
  example: { inputShape: [8, 8, 1], convolutions: [{ channels: 4 }], dense: [8], classes: 3 },
  create: (options, context) => {
    const { inputShape, bounds, classes, activation, initializer, mean, std } = options;
    const style = { activation, initializer, normalization: normalizationOf(options.normalization) };
    const reduce = options.reduce === 'flatten' ? flatten : globalAverage;
    return sequential({
      inputShape,
      bounds,
      layers: [
        ...inputLayers(mean, std),
        ...convolutionLayers(options, style),
        reduce({ name: 'reduce' }),
        ...denseLayers(options.dense ?? cnnPresets[options.preset].dense, style, options.dropout),
      ],
      ...headOf(classes, initializer),
      rng: weightStream(options.seed, context),
    });
  },
});

/** Makes a convolutional network; see {@link cnnComponent}. */
export const cnn = factory(cnnComponent);

function convolutionLayers(options: Resolved, style: HiddenStyle): LayerBuilder[] {
  const preset = cnnPresets[options.preset];
  const convolutions = options.convolutions ?? preset.convolutions.map((one) => convolutionSchema.parse(one));
  const { type, size, padding, stride } = options.pooling ?? poolingSchema.parse(preset.pooling);
  return convolutions.flatMap(({ pool, ...shape }, index) => {
    const name = `conv${index + 1}`;
    return [
      convolution({ name, ...shape, bias: needsBias(style), initializer: style.initializer }),
      ...afterLayer(name, style),
      ...(pool && type !== 'none'
        ? [pooling({ name: `${name}.pool`, type, size, padding, stride: stride ?? size })]
        : []),
    ];
  });
}
