import { validateOptions } from '@equipoise/kit';
import { ShapeError, type Activations, type ForwardMode, type Model, type ModelSupport } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { requireInput } from './require-input.js';

/** What a function that is to become a model may give: logits alone, or the parts of {@link Activations} that it has. */
export type FunctionOutput = tf.Tensor | { readonly [K in keyof Activations]?: Activations[K] | undefined };

/** Options of {@link fromFunction}. */
export interface FromFunctionOptions {
  /** From a batch `[batch, ...inputShape]` to logits or activations; may be called inside a tape and is run inside a tidy. */
  readonly forward: (x: tf.Tensor, mode: ForwardMode) => FunctionOutput;
  /** Shape of one input, without the batch axis. */
  readonly inputShape: readonly number[];
  /** The range of valid inputs; default [0, 1]. */
  readonly bounds?: readonly [low: number, high: number];
  /** Length of a row of logits; leave it out for an encoder without logits. */
  readonly classes?: number;
  /** Weights by name; without them there is nothing to train. */
  readonly variables?: ReadonlyMap<string, tf.Variable> | Readonly<Record<string, tf.Variable>>;
  /** What the function can do; default gradients and second order, as of functions made of TensorFlow.js ops. */
  readonly supports?: Partial<Pick<ModelSupport, 'gradients' | 'secondOrder'>>;
}

const schema = z.strictObject({
  forward: z.custom<FromFunctionOptions['forward']>((value) => typeof value === 'function', 'Expected a function.'),
  inputShape: z.array(z.int().min(1)).min(1),
  bounds: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, 'The lower bound must be below the upper one.')
    .default([0, 1]),
  classes: z.int().min(2).optional(),
  variables: z
    .custom<ReadonlyMap<string, tf.Variable> | Readonly<Record<string, tf.Variable>>>(
      (value) =>
        typeof value === 'object' && value !== null && entriesOf(value).every(([, one]) => one instanceof tf.Variable),
      'Expected a Map or an object of TensorFlow.js variables by name.',
    )
    .default({}),
  supports: z
    .strictObject({ gradients: z.boolean().default(true), secondOrder: z.boolean().default(true) })
    .prefault({}),
});

/**
 * Makes a model out of a function.
 *
 * A bare tensor is taken for the logits. Without an `embedding` the logits are the embedding. The result belongs to the caller of
 * `forward`; a part that is the input itself is copied. Disposing the model disposes `variables`. Throws an `InvalidOptionsError` for wrong
 * options; `forward` throws a `ShapeError` if the input, the logits or the embedding have another shape than promised.
 */
export function fromFunction(options: FromFunctionOptions): Model {
  const { forward, inputShape, bounds, classes, variables, supports } = validateOptions(
    schema,
    'fromFunction',
    options,
  );
  const named = new Map(entriesOf(variables));
  return {
    inputShape,
    bounds,
    ...(classes === undefined ? {} : { classes }),
    supports: { ...supports, logits: classes !== undefined },
    variables: named,
    forward: (x, mode) => {
      requireInput(x, inputShape);
      const run = () => activationsOf(forward(x, mode), x, classes) as unknown as tf.TensorContainer;
      return tf.tidy(run) as unknown as Activations;
    },
    dispose: () => {
      for (const variable of named.values()) if (!variable.isDisposed) variable.dispose();
    },
  };
}

function entriesOf(variables: object): [string, tf.Variable][] {
  return variables instanceof Map ? [...variables] : Object.entries(variables);
}

function activationsOf(output: FunctionOutput, x: tf.Tensor, classes: number | undefined): Activations {
  const parts = output instanceof tf.Tensor ? partsOf(output, classes) : output;
  const own = (tensor: tf.Tensor | undefined) => (tensor === x ? tf.clone(x) : tensor);
  const batch = x.shape[0] as number;
  const logits = classes === undefined ? undefined : requireRows('Logits', own(parts.logits), [batch, classes]);
  const layers = Object.entries(parts.layers ?? {}).map(([name, layer]) => [name, own(layer) as tf.Tensor] as const);
  return {
    ...(logits ? { logits } : {}),
    embedding: requireRows('Embedding', own(parts.embedding) ?? logits, [batch, null]),
    layers: Object.fromEntries(layers),
  };
}

function partsOf(output: tf.Tensor, classes: number | undefined): Exclude<FunctionOutput, tf.Tensor> {
  return classes === undefined ? { embedding: output as tf.Tensor2D } : { logits: output as tf.Tensor2D };
}

function requireRows(part: string, value: tf.Tensor | undefined, expected: readonly (number | null)[]): tf.Tensor2D {
  const shape = value?.shape ?? [];
  const fits =
    shape.length === expected.length && expected.every((length, axis) => length === null || length === shape[axis]);
  if (!fits) throw new ShapeError(`${part} of the model`, expected, shape);
  return value as tf.Tensor2D;
}
