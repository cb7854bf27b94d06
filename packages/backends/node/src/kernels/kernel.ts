import * as tf from '@tensorflow/tfjs-core';
import type { Extension, OperationAttribute, OutputInfo, TensorflowBackend } from '../binding/types.js';

/** A tensor as kernels see it: the name of its data, its shape and type. */
export type TensorInfo = tf.TensorInfo;

/** What a kernel is called with. */
export interface KernelCall<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attributes: Attributes;
  readonly backend: TensorflowBackend;
}

/** Describes a kernel of the backend `tensorflow`. */
export function nodeKernel<Inputs = Record<string, TensorInfo>, Attributes = object>(
  kernelName: string,
  compute: (call: KernelCall<Inputs, Attributes>) => TensorInfo | TensorInfo[],
): tf.KernelConfig {
  return {
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) =>
      compute({
        inputs: inputs as Inputs,
        attributes: attrs as Attributes,
        backend: backend as unknown as TensorflowBackend,
      }),
  };
}

/** The values of an operation's attributes by name; types are `float32`, `int32` or `bool`. */
export interface Attributes {
  readonly types?: Readonly<Record<string, tf.DataType>>;
  readonly integers?: Readonly<Record<string, number | readonly number[]>>;
  readonly floats?: Readonly<Record<string, number>>;
  readonly flags?: Readonly<Record<string, boolean>>;
  readonly texts?: Readonly<Record<string, string>>;
}

/** Attributes as the binding takes them. */
function encode({ binding }: TensorflowBackend, attributes: Attributes): OperationAttribute[] {
  const { types = {}, integers = {}, floats = {}, flags = {}, texts = {} } = attributes;
  const typeNumbers: Partial<Record<tf.DataType, number>> = {
    float32: binding.TF_FLOAT,
    int32: binding.TF_INT32,
    bool: binding.TF_BOOL,
  };
  const as = (type: number, values: Readonly<Record<string, OperationAttribute['value'] | undefined>>) =>
    Object.entries(values).map(([name, value]) => ({ name, type, value: value as OperationAttribute['value'] }));
  return [
    ...Object.entries(types).map(([name, dtype]) => ({
      name,
      type: binding.TF_ATTR_TYPE,
      value: typeNumbers[dtype] as number,
    })),
    ...as(binding.TF_ATTR_INT, integers),
    ...as(binding.TF_ATTR_FLOAT, floats),
    ...as(binding.TF_ATTR_BOOL, flags),
    ...as(binding.TF_ATTR_STRING, texts),
  ];
}

/** Numbers that become a tensor: integers (axes, shapes; in another shape than one axis too) or one float. */
type Constant =
  | readonly number[]
  | number
  | { readonly float: number }
  | { readonly integers: readonly number[]; readonly shape: readonly number[] };

/** A tensor, or numbers that become one. */
export type Input = TensorInfo | Constant;

/** Runs an operation of TensorFlow with one result; unlike the backend's own methods it makes no tracked tensor of it. */
export function execute(
  backend: TensorflowBackend,
  name: string,
  inputs: readonly Input[],
  attributes: Attributes = {},
): TensorInfo {
  return executeAll(backend, name, inputs, attributes, 1)[0] as TensorInfo;
}

/** Runs an operation of TensorFlow with several results. */
export function executeAll(
  backend: TensorflowBackend,
  name: string,
  inputs: readonly Input[],
  attributes: Attributes,
  outputs: number,
): TensorInfo[] {
  const ids = inputs.map((input) => idOf(backend, input));
  return backend.binding
    .executeOp(name, encode(backend, attributes), ids, outputs)
    .map((output) => adopt(backend, output));
}

function idOf(backend: TensorflowBackend, input: Input): number {
  if (typeof input === 'object' && 'dataId' in input) return backend.getInputTensorIds([input])[0] as number;
  return constant(backend, input);
}

const constants = new WeakMap<TensorflowBackend, Map<string, number>>();
const mostConstants = 1024;

/** The tensor of numbers, made once: axes, shapes and bounds come again and again. */
function constant(backend: TensorflowBackend, numbers: Constant): number {
  const made = constants.get(backend) ?? new Map<string, number>();
  constants.set(backend, made);
  const key = JSON.stringify(numbers);
  const known = made.get(key);
  if (known !== undefined) return known;
  if (made.size >= mostConstants) {
    for (const id of made.values()) backend.binding.deleteTensor(id);
    made.clear();
  }
  const id = makeConstant(backend, numbers);
  made.set(key, id);
  return id;
}

function makeConstant({ binding }: TensorflowBackend, numbers: Constant): number {
  if (typeof numbers === 'number') return binding.createTensor([], binding.TF_INT32, Int32Array.of(numbers));
  if ('float' in numbers) return binding.createTensor([], binding.TF_FLOAT, Float32Array.of(numbers.float));
  if ('integers' in numbers)
    return binding.createTensor(numbers.shape, binding.TF_INT32, Int32Array.from(numbers.integers));
  return binding.createTensor([numbers.length], binding.TF_INT32, Int32Array.from(numbers));
}

/** Takes a result of the binding into the backend's care. */
function adopt(backend: TensorflowBackend, { id, shape, dtype }: OutputInfo): TensorInfo {
  const { binding, tensorMap } = backend;
  const dataId = {};
  tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 });
  const name = dtype === binding.TF_FLOAT ? 'float32' : dtype === binding.TF_BOOL ? 'bool' : 'int32';
  return { dataId, shape, dtype: name };
}

/** Runs a function of this package's build with one result, which has the given shape. */
export function extend(
  backend: TensorflowBackend,
  inputs: readonly TensorInfo[],
  shape: readonly number[],
  run: (...ids: number[]) => readonly number[],
): TensorInfo {
  return extendAll(backend, inputs, [shape], run)[0] as TensorInfo;
}

/** Runs a function of this package's build with several results. */
export function extendAll(
  backend: TensorflowBackend,
  inputs: readonly TensorInfo[],
  shapes: readonly (readonly number[])[],
  run: (...ids: number[]) => readonly number[],
): TensorInfo[] {
  const ids = run(...backend.getInputTensorIds(inputs));
  const dtype = backend.binding.TF_FLOAT;
  return shapes.map((shape, index) => adopt(backend, { id: ids[index] as number, shape: [...shape], dtype }));
}

/** What this package's build adds, where tensors lie in the memory of the processor. */
export function extensionOf(backend: TensorflowBackend): Extension | undefined {
  return backend.isUsingGpuDevice ? undefined : backend.binding.equipoise;
}

/** Frees a tensor that a kernel made for itself. */
export function free(backend: TensorflowBackend, ...infos: readonly TensorInfo[]): void {
  for (const { dataId } of infos) backend.disposeData(dataId);
}
