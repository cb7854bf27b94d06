import { createRng } from '@equipoise/kit';
import { expectClose } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { node } from '../src/index.js';

/** Whether TensorFlow is set up on this machine; tests that need it are left out where it is not. */
export const status = await node().doProbe();

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
  readonly inputs: Readonly<Record<string, KernelInput>>;
  readonly attributes?: object;
}

/** Float32 sums of up to some thousand products of normal numbers, in another order: errors stay below 1e-5 of their size. */
const tolerance = { rtol: 1e-4, atol: 1e-4 };

/** Runs a kernel on the backends `cpu` and `tensorflow`, both active already, and demands the same shapes, types and values, and no lost tensors. */
export function expectAgreement(kernelCase: KernelCase): void {
  const expected = runOn('cpu', kernelCase);
  const actual = runOn('tensorflow', kernelCase);
  const form = (outputs: readonly Output[]) => outputs.map(({ shape, dtype }) => ({ shape, dtype }));
  expect(form(actual)).toEqual(form(expected));
  expected.forEach(({ data }, index) => expectClose(actual[index]?.data ?? [], data, tolerance, `output ${index}`));
}

interface Output {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly number[];
}

function runOn(backend: string, { kernelName, inputs, attributes = {} }: KernelCase): Output[] {
  tf.setBackend(backend);
  const before = { ...tf.memory() };
  const tensors = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, tensorOf(name, input)]));
  const result = tf.engine().runKernel(kernelName, tensors, attributes as tf.NamedAttrMap) as tf.Tensor | tf.Tensor[];
  const outputs = Array.isArray(result) ? result : [result];
  const values = outputs.map((output) => ({
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
