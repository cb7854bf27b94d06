import {
  DataError,
  InvalidOptionsError,
  ShapeError,
  type Activations,
  type ForwardMode,
  type Model,
  type Rng,
} from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { runSteps, type Layer, type LayerBuilder } from './layers/layer.js';
import { poolFirst } from './pool-first.js';

/** Options of {@link sequential}. */
export interface SequentialOptions {
  /** Shape of one input, without the batch axis. */
  readonly inputShape: readonly number[];
  /** The range of valid inputs; default [0, 1]. */
  readonly bounds?: readonly [low: number, high: number];
  /** The layers up to the representation; the last one's output is flat and becomes the `embedding`. */
  readonly layers: readonly LayerBuilder[];
  /** The layer from the representation to the logits; without it the model is an encoder. */
  readonly head?: LayerBuilder;
  /** The stream from which the initial weights are drawn, by name of layer and weight. */
  readonly rng: Rng;
}

/**
 * A model that runs layers one after the other and keeps every layer's output by name.
 *
 * Throws a `ShapeError` if a layer does not fit the one before it, an `InvalidOptionsError` if two layers share a name.
 */
export function sequential({ inputShape, bounds = [0, 1], layers, head, rng }: SequentialOptions): Model {
  const built = buildLayers(inputShape, head ? [...layers, head] : layers, layers.length, rng);
  const variables = new Map(
    built.flatMap((layer) =>
      [...layer.variables].map(([name, variable]) => [`${layer.name}.${name}`, variable] as const),
    ),
  );
  const body = poolFirst(built.slice(0, layers.length));
  const last = poolFirst(built.slice(layers.length));
  const runShort = (x: tf.Tensor, mode: ForwardMode): Activations => {
    const embedding = (layers.length === 0 ? tf.clone(x) : runSteps(body, x, mode)) as tf.Tensor2D;
    return { embedding, layers: {}, ...(head ? { logits: runSteps(last, embedding, mode) as tf.Tensor2D } : {}) };
  };
  return {
    inputShape,
    bounds,
    ...(head ? { classes: built.at(-1)?.outputShape[0] as number } : {}),
    supports: { gradients: true, secondOrder: true, logits: head !== undefined },
    variables,
    forward: (x, mode) => {
      requireInput(x, inputShape);
      const run = () => (mode.layers === false ? runShort(x, mode) : runLayers(built, layers.length, x, mode));
      return tf.tidy(run as unknown as () => tf.TensorContainer) as unknown as Activations;
    },
    dispose: () => disposeLayers(built),
  };
}

function buildLayers(
  inputShape: readonly number[],
  builders: readonly LayerBuilder[],
  depth: number,
  rng: Rng,
): readonly Layer[] {
  const built: Layer[] = [];
  try {
    let shape = inputShape;
    for (const [index, builder] of builders.entries()) {
      if (index === depth) requireFlatEmbedding(shape);
      const layer = builder(shape, rng);
      built.push(layer);
      requireNewName(built);
      shape = layer.outputShape;
    }
    if (builders.length === depth) requireFlatEmbedding(shape);
    return built;
  } catch (error) {
    disposeLayers(built);
    throw error;
  }
}

function runLayers(layers: readonly Layer[], depth: number, x: tf.Tensor, mode: ForwardMode): Activations {
  const outputs: Record<string, tf.Tensor> = {};
  let value = x;
  let embedding = depth === 0 ? tf.clone(x) : x;
  for (const [index, layer] of layers.entries()) {
    value = layer.apply(value, mode);
    outputs[layer.name] = value;
    if (index === depth - 1) embedding = value;
  }
  const activations = { embedding: embedding as tf.Tensor2D, layers: outputs };
  return layers.length > depth ? { logits: value as tf.Tensor2D, ...activations } : activations;
}

function requireInput(x: tf.Tensor, inputShape: readonly number[]): void {
  const fits = x.rank === inputShape.length + 1 && inputShape.every((length, axis) => x.shape[axis + 1] === length);
  if (!fits) throw new ShapeError('Input of the model', [null, ...inputShape], x.shape);
  if (x.dtype !== 'float32') {
    throw new DataError(`Input of the model has type ${x.dtype}; expected float32.`, {
      expected: 'float32',
      actual: x.dtype,
    });
  }
}

function requireFlatEmbedding(shape: readonly number[]): void {
  if (shape.length !== 1)
    throw new ShapeError('The representation (output of the last layer before the head)', [null], shape);
}

function requireNewName(layers: readonly Layer[]): void {
  const name = layers.at(-1)?.name;
  if (layers.some((layer, index) => layer.name === name && index < layers.length - 1)) {
    throw new InvalidOptionsError('sequential', [
      { message: `two layers are named "${name}"`, path: ['layers', layers.length - 1] },
    ]);
  }
}

function disposeLayers(layers: readonly Layer[]): void {
  for (const layer of layers)
    for (const variable of layer.variables.values()) if (!variable.isDisposed) variable.dispose();
}
