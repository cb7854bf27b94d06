import { flattenSamples, validateOptions } from '@equipoise/kit';
import {
  InvalidOptionsError,
  ShapeError,
  UnsupportedError,
  type Activations,
  type Model,
  type ModelSupport,
} from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { runGraph, type LayersModelLike, type SymbolicTensorLike } from './layers-graph.js';
import { findHead } from './layers-head.js';
import { requireInput } from './require-input.js';

/** Options of {@link fromLayersModel}. */
export interface FromLayersModelOptions {
  /** The range of valid inputs; default [0, 1]. */
  readonly bounds?: readonly [low: number, high: number];
  /** Name of the layer whose output is the embedding; default the one before the layer that makes the logits. */
  readonly embedding?: string;
  /** From inputs within `bounds` to what the layers model was trained on, such as `(x) => tf.sub(tf.mul(x, 2), 1)`. */
  readonly preprocess?: (x: tf.Tensor) => tf.Tensor;
  /** What the layers can do; default gradients and second order. */
  readonly supports?: Partial<Pick<ModelSupport, 'gradients' | 'secondOrder'>>;
}

const schema = z.strictObject({
  bounds: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, 'The lower bound must be below the upper one.')
    .default([0, 1]),
  embedding: z.string().optional(),
  preprocess: z
    .custom<(x: tf.Tensor) => tf.Tensor>((value) => typeof value === 'function', 'Expected a function.')
    .optional(),
  supports: z
    .strictObject({ gradients: z.boolean().default(true), secondOrder: z.boolean().default(true) })
    .prefault({}),
});

/**
 * Makes a model out of a classifier of tfjs-layers with one input and one output `[batch, classes]`.
 *
 * Every layer's output is in `layers` under its name; an embedding of higher rank is flattened. The logits are the output, or what goes
 * into its softmax (the last layer then stands in `layers` as it is before the softmax). The mode is handed to the layers: batch
 * normalisation moves its averages in training mode alone. Dropout of tfjs-layers draws from its own, unseeded, stream.
 *
 * The layers model itself is not changed, and can still be compiled and fitted by its own methods; the weights are shared. Disposing the model
 * disposes the layers model. Throws an `UnsupportedError` if the model has several inputs or outputs, was not built, or ends in
 * probabilities whose logits cannot be had (sigmoid; softmax in a nested model), an `InvalidOptionsError` for an unknown `embedding`.
 */
export function fromLayersModel(layersModel: LayersModelLike, options: FromLayersModelOptions = {}): Model {
  const { bounds, embedding, preprocess, supports } = validateOptions(schema, 'fromLayersModel', options);
  const { input, inputShape, classes } = shapesOf(layersModel);
  const head = findHead(layersModel);
  const representation = embedding === undefined ? head.input : outputOf(layersModel, embedding);
  let isDisposed = false;

  function activations(x: tf.Tensor, isTraining: boolean): Activations {
    const prepared = preprocess ? preprocess(x) : x;
    const run = runGraph(input, prepared, isTraining);
    const logits = head.logits(run);
    return { logits, embedding: flattenSamples(run.valueOf(representation)), layers: run.outputs };
  }

  return {
    inputShape,
    bounds,
    classes,
    supports: { ...supports, logits: true },
    variables: new Map(layersModel.weights.map((weight) => [weight.name, weight.read() as tf.Variable])),
    forward: (x, mode) => {
      requireInput(x, inputShape);
      return tf.tidy(() => activations(x, mode.training) as unknown as tf.TensorContainer) as unknown as Activations;
    },
    dispose: () => {
      if (!isDisposed) layersModel.dispose();
      isDisposed = true;
    },
  };
}

function shapesOf(model: LayersModelLike): { input: SymbolicTensorLike; inputShape: number[]; classes: number } {
  const [input, ...furtherInputs] = model.inputs ?? [];
  const [output, ...furtherOutputs] = model.outputs ?? [];
  if (!input || !output || furtherInputs.length > 0 || furtherOutputs.length > 0) {
    const found =
      input && output ? `${model.inputs.length} inputs and ${model.outputs.length} outputs` : 'no input shape yet';
    throw new UnsupportedError(
      'fromLayersModel',
      'one input and one output',
      `layers model "${model.name}" with ${found}`,
    );
  }
  const inputShape = input.shape.slice(1);
  if (inputShape.some((length) => length === null)) {
    throw new UnsupportedError(
      'fromLayersModel',
      'a fixed input shape',
      `layers model "${model.name}" with ${JSON.stringify(input.shape)}`,
    );
  }
  const [, classes] = output.shape;
  if (output.shape.length !== 2 || classes === null || classes === undefined) {
    throw new ShapeError(
      `Output of layers model "${model.name}"`,
      [null, null],
      output.shape.map((length) => length ?? -1),
    );
  }
  return { input, inputShape: inputShape as number[], classes };
}

function outputOf(model: LayersModelLike, name: string): SymbolicTensorLike {
  const layer = model.layers.find((one) => one.name === name);
  const output = layer?.inboundNodes[0]?.outputTensors[0];
  if (output) return output;
  const message = `no layer is named "${name}"; there are ${model.layers.map((one) => one.name).join(', ')}`;
  throw new InvalidOptionsError('fromLayersModel', [{ message, path: ['embedding'] }]);
}
