import { fakeRelu } from '@equipoise/autodiff';
import { flattenSamples, inference } from '@equipoise/kit';
import { type Activations, InvalidOptionsError, type Model, UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** What a model makes of inputs, one row a sample. */
export type Representation = (x: tf.Tensor) => tf.Tensor2D;

/** Which representation is meant. */
export interface RepresentationOptions {
  /** A layer; absent: the embedding. */
  readonly layer?: string | undefined;
  /** Whether its ReLU passes all gradients; absent: where there is one. */
  readonly fakeRelu?: boolean | undefined;
}

/**
 * A model's representation, in inference mode.
 *
 * @param model the model
 * @param options which layer
 * @param beforeRelu the layer whose ReLU the representation is, if that ReLU shall pass all gradients; see {@link findBeforeRelu}
 */
export function representationOf(
  model: Model,
  { layer }: RepresentationOptions,
  beforeRelu: string | undefined,
): Representation {
  return (x) => {
    const activations = model.forward(x, inference);
    const before = beforeRelu === undefined ? undefined : activations.layers[beforeRelu];
    return flattenSamples(before ? fakeRelu(before) : outputOf(activations, layer));
  };
}

function outputOf({ embedding, layers }: Activations, layer: string | undefined): tf.Tensor {
  if (layer === undefined) return embedding;
  const output = Object.hasOwn(layers, layer) ? layers[layer] : undefined;
  if (output) return output;
  throw new InvalidOptionsError('dataset "robustify"', [
    { path: ['layer'], message: `The model has no layer "${layer}". Available: ${Object.keys(layers).join(', ')}` },
  ]);
}

/**
 * The layer whose ReLU is the representation: one with negative values whose positive part the representation is, on some inputs.
 *
 * @param model the model
 * @param x inputs to try
 * @param options which layer, and whether it has to be found
 * @returns its name; `undefined` if there is none or none is wanted
 * @throws UnsupportedError if one is wanted and there is none
 */
export async function findBeforeRelu(
  model: Model,
  x: tf.Tensor,
  options: RepresentationOptions,
): Promise<string | undefined> {
  if (options.fakeRelu === false) return undefined;
  const checks = tf.tidy(() => {
    const activations = model.forward(x, inference);
    const output = outputOf(activations, options.layer);
    const isBefore = Object.entries(activations.layers)
      .filter(([, layer]) => tf.util.arraysEqual(layer.shape, output.shape))
      .map(([name, layer]) => [name, tf.logicalAnd(tf.less(tf.min(layer), 0), isReluOf(output, layer))] as const);
    return Object.fromEntries(isBefore) as Record<string, tf.Tensor>;
  });
  const found = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => ({ name, is: Boolean((await check.data())[0]) })),
  );
  tf.dispose(checks);
  const name = found.find(({ is }) => is)?.name;
  if (name !== undefined || options.fakeRelu === undefined) return name;
  throw new UnsupportedError(
    'fakeRelu: true',
    `a ReLU whose output is ${options.layer ?? 'the representation'}`,
    'the model',
  );
}

const isReluOf = (output: tf.Tensor, layer: tf.Tensor) => tf.all(tf.equal(tf.relu(layer), output));
