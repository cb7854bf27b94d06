import { createRng } from '@equipoise/kit';
import { expectClose } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** An input of a kernel: a shape to fill with normal numbers, or integers. */
export type KernelInput =
  readonly number[] | { readonly shape: readonly number[]; readonly integers: readonly number[] };

/** A call of a kernel. */
export interface KernelCase {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, KernelInput>>;
  readonly attributes?: object;
}

/** Float32 sums of up to some thousand products of normal numbers, in another order: errors stay below 1e-5 of their size. */
const tolerance = { rtol: 1e-4, atol: 1e-4 };

/** Runs a kernel on the backends `cpu` and `wasm`, both active already, and demands the same shapes and values, and no lost tensors. */
export function expectAgreement(kernelCase: KernelCase): void {
  const expected = runOn('cpu', kernelCase);
  const actual = runOn('wasm', kernelCase);
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  expected.forEach(({ data }, index) => expectClose(actual[index]?.data ?? [], data, tolerance, `output ${index}`));
}

function runOn(backend: string, { kernelName, inputs, attributes = {} }: KernelCase) {
  tf.setBackend(backend);
  const before = tf.memory();
  const tensors = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, tensorOf(name, input)]));
  const result = tf.engine().runKernel(kernelName, tensors, attributes as tf.NamedAttrMap) as tf.Tensor | tf.Tensor[];
  const outputs = Array.isArray(result) ? result : [result];
  const values = outputs.map((output) => ({ shape: output.shape, data: Array.from(output.dataSync()) }));
  tf.dispose([tensors, outputs]);
  const after = tf.memory();
  if (after.numTensors !== before.numTensors || after.numDataBuffers !== before.numDataBuffers)
    throw new Error(`${kernelName} on ${backend} lost tensors`);
  return values;
}

function tensorOf(name: string, input: KernelInput): tf.Tensor {
  if ('integers' in input) return tf.tensor([...input.integers], [...input.shape], 'int32');
  return tf.tensor(createRng(name).normals(tf.util.sizeFromShape([...input])), [...input]);
}
