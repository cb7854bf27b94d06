import type * as tf from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow operation as the binding takes it. */
export interface OperationAttribute {
  readonly name: string;
  /** One of the binding's `TF_ATTR_…`. */
  readonly type: number;
  readonly value: boolean | number | string | readonly number[];
}

/** What the binding tells of a tensor that it made. */
export interface OutputInfo {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** A device that TensorFlow found. */
export interface Device {
  /** As TensorFlow calls it: `/job:localhost/replica:0/task:0/device:GPU:0`. */
  readonly name: string;
  /** `CPU` or `GPU`. */
  readonly type: string;
  /** Bytes that TensorFlow means to use. */
  readonly memory: number;
}

/** Height and width of filter, strides, first padding and outputs, in this order. */
export type WindowNumbers = readonly [number, number, number, number, number, number, number, number];

/** What this package's build adds. Tensors are given and returned by their numbers, and lie in the memory of the processor. */
export interface Extension {
  devices(): Device[];
  /** One step of Adam's rule: the new weight (the update where `weight` is -1) and new moments; with `donates` in the memory of the old ones where nobody else holds it. */
  adam(
    gradient: number,
    firstMoment: number,
    secondMoment: number,
    weight: number,
    beta1: number,
    beta2: number,
    stepSize: number,
    epsilon: number,
    donates: number,
  ): [number, number, number];
  /** `dy` where low <= x <= high, else 0. */
  gate(dy: number, x: number, low: number, high: number): [number];
  /** `dy` where x > 0, else 0. */
  gateAbove(dy: number, x: number): [number];
  /** x where x > 0, else 0. */
  relu(x: number): [number];
  /** Adds a row to each row of x. */
  addRow(x: number, row: number): [number];
  /** The largest number of each window. */
  maxPool(x: number, ...windows: WindowNumbers): [number];
  /** Each entry of `dy` at the place of its window's first maximum of x. */
  scatterToMaxima(dy: number, x: number, ...windows: WindowNumbers): [number];
  /** `u` at the place of each window's first maximum of x. */
  gatherFromMaxima(u: number, x: number, ...windows: WindowNumbers): [number];
  /** The gradient of the images of a convolution whose filters have at most 128 taps. */
  narrowImageGradient(
    dy: number,
    filter: number,
    ...numbers: readonly [...windows: WindowNumbers, height: number, width: number]
  ): [number];
  /** How many threads share the loops; counts before the first one. */
  useThreads(count: number): void;
  /** Products of batches of matrices. This and what follows is there where the processor has vectors of 512 bits. */
  multiply?(a: number, b: number, transposeA: number, transposeB: number): [number];
  /** A convolution whose number of filters is a multiple of 16. */
  convolve?(x: number, filter: number, ...windows: WindowNumbers): [number];
  /** The gradient of the images of a convolution with strides of 1, whose number of channels is a multiple of 16. */
  imageGradient?(
    dy: number,
    filter: number,
    ...numbers: readonly [...windows: WindowNumbers, height: number, width: number]
  ): [number];
  /** The gradient of the filter of a convolution whose number of filters is a multiple of 16. */
  filterGradient?(x: number, dy: number, ...windows: WindowNumbers): [number];
}

/** TensorFlow.js's native binding, with what this package's build adds to it. */
export interface Binding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  createTensor(shape: readonly number[], dtype: number, values: tf.TypedArray): number;
  deleteTensor(id: number): void;
  executeOp(
    name: string,
    attributes: readonly OperationAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): OutputInfo[];
  isUsingGpuDevice(): boolean;
  getNumOfTensors(): number;
  /** Absent from a binding that TensorFlow.js built itself. */
  readonly equipoise?: Extension;
}

/** What TensorFlow.js's backend knows of a tensor. */
export interface TensorData {
  readonly shape: readonly number[];
  readonly dtype: number;
  /** The binding's number of the tensor; -1 while the values have not been handed over. */
  readonly id: number;
  readonly values: tf.BackendValues | null;
  readonly refCount: number;
}

/** TensorFlow.js's backend `tensorflow`. */
export interface TensorflowBackend extends tf.KernelBackend {
  readonly binding: Binding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: tf.DataStorage<TensorData>;
  /** The binding's numbers of tensors; hands their values over where that was not done. */
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
}
