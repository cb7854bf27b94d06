import { createRng } from '@equipoise/kit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { expectClose } from './close.js';
import type { Tolerance } from './fixtures.js';

/** An input of a kernel: a shape to fill with normal numbers, or numbers of a type. */
export type KernelInput =
  | readonly number[]
  | {
      readonly shape: readonly number[];
      readonly numbers: readonly number[];
      readonly dtype?: 'float32' | 'int32' | 'bool';
    };

/** A call of a kernel. */
export interface KernelCase {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, KernelInput>> | readonly KernelInput[];
  readonly attributes?: object;
}

/** Runs a kernel and the reference's, and demands the same. */
export type ExpectAgreement = (kernelCase: KernelCase, tolerance?: Tolerance) => void;

/** Float32 sums of up to some thousand products of normal numbers, in another order: errors stay below 1e-5 of their size. */
const sums: Tolerance = { rtol: 1e-4, atol: 1e-4 };

/**
 * Runs kernels on the backend `cpu` and on another, both active already, and demands the same shapes, types and values, and no lost tensors.
 *
 * @param backend TensorFlow.js's name of the other
 * @param place puts an input where that backend computes, if it would not by itself
 */
export function kernelAgreement(backend: string, place: (input: tf.Tensor) => void = () => undefined): ExpectAgreement {
  return (kernelCase, tolerance = sums) => {
    const expected = runOn('cpu', kernelCase, () => undefined);
    const actual = runOn(backend, kernelCase, place);
    const form = (outputs: readonly Output[]) => outputs.map(({ shape, dtype }) => ({ shape, dtype }));
    expect(form(actual)).toEqual(form(expected));
    expected.forEach(({ data }, index) => expectClose(actual[index]?.data ?? [], data, tolerance, `output ${index}`));
  };
}

interface Output {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly number[];
}

function runOn(
  backend: string,
  { kernelName, inputs, attributes = {} }: KernelCase,
  place: (input: tf.Tensor) => void,
) {
  tf.setBackend(backend);
  const before = { ...tf.memory() };
  const tensors: Record<string, tf.Tensor> = Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, tensorOf(name, input as KernelInput)]),
  );
  Object.values(tensors).forEach(place);
  const named = (Array.isArray(inputs) ? Object.values(tensors) : tensors) as tf.NamedTensorMap;
  const result = tf.engine().runKernel(kernelName, named, attributes as tf.NamedAttrMap) as tf.Tensor | tf.Tensor[];
  const outputs = Array.isArray(result) ? result : [result];
  const values = outputs.map((output): Output => ({
    shape: output.shape,
    dtype: output.dtype,
    data: Array.from(output.dataSync()),
  }));
  tf.dispose([tensors, outputs]);
  const after = tf.memory();
  if (after.numTensors !== before.numTensors || after.numDataBuffers !== before.numDataBuffers)
    throw new Error(`${kernelName} on ${backend} lost tensors`);
  return values;
}

function tensorOf(name: string, input: KernelInput): tf.Tensor {
  if ('numbers' in input) return tf.tensor([...input.numbers], [...input.shape], input.dtype ?? 'float32');
  return tf.tensor(createRng(name).normals(tf.util.sizeFromShape([...input])), [...input]);
}
