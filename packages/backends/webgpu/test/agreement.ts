import { expectClose, type Tolerance } from '@equipoise/internal-testing';
import { createRng } from '@equipoise/kit';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** An input of a kernel: a shape to fill with normal numbers, or numbers. */
export type KernelInput =
  | readonly number[]
  | { readonly shape: readonly number[]; readonly numbers: readonly number[]; readonly dtype?: tf.NumericDataType };

/** A call of a kernel. */
export interface KernelCase {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, KernelInput>> | readonly KernelInput[];
  readonly attributes?: object;
}

/** Float32 sums of up to some thousand products of normal numbers, in another order: errors stay below 1e-5 of their size. */
const sums: Tolerance = { rtol: 1e-4, atol: 1e-4 };

/** Runs a kernel on the backends `cpu` and `webgpu`, both active already, and demands the same shapes and values, and no lost tensors. */
export function expectAgreement(kernelCase: KernelCase, tolerance = sums): void {
  const expected = runOn('cpu', kernelCase);
  const actual = runOn('webgpu', kernelCase);
  expect(actual.map(({ shape, dtype }) => [shape, dtype])).toEqual(expected.map(({ shape, dtype }) => [shape, dtype]));
  expected.forEach(({ data }, index) => expectClose(actual[index]?.data ?? [], data, tolerance, `output ${index}`));
}

function runOn(backend: string, { kernelName, inputs, attributes = {} }: KernelCase) {
  tf.setBackend(backend);
  const before = tf.memory();
  const tensors: Record<string, tf.Tensor> = Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, tensorOf(name, input as KernelInput)]),
  );
  if (backend === 'webgpu') for (const { dataId } of Object.values(tensors)) gpu().uploadToGPU(dataId);
  const named = (Array.isArray(inputs) ? Object.values(tensors) : tensors) as tf.NamedTensorMap;
  const result = tf.engine().runKernel(kernelName, named, attributes as tf.NamedAttrMap) as tf.Tensor | tf.Tensor[];
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

/** The active backend. */
export function gpu(): WebGPUBackend {
  return tf.backend() as WebGPUBackend;
}

/** Watches that compiled programs are only taken for programs of the same code; gives the names of those that were confused. */
export function watchPrograms(backend: WebGPUBackend): () => readonly string[] {
  const codes = new Map<string, string>();
  const confused = new Set<string>();
  const run = backend.runWebGPUProgram.bind(backend);
  backend.runWebGPUProgram = (program, ...others) => {
    const result = run(program, ...others);
    const code = program.getUserCode();
    if ((codes.get(program.shaderKey) ?? code) !== code) confused.add(program.shaderKey);
    codes.set(program.shaderKey, code);
    return result;
  };
  return () => [...confused].sort();
}
