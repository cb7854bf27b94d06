import { UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from '../kernels.js';
import { gradientOf, type GradientDefinition } from './definition.js';
import { spread, thin } from './spacing.js';

/** Attributes that a convolution and its two gradients share. */
interface ConvolutionAttributes {
  readonly strides: number | number[];
  readonly pad: unknown;
  readonly dataFormat?: string;
  readonly dimRoundingMode?: string;
  readonly dilations?: number | number[];
  readonly inputShape?: number[];
  readonly filterShape?: number[];
}

/** A kind of convolution: the names of the kernel and of the kernels of its gradients, and the number of image axes. */
interface Convolution {
  readonly forward: string;
  readonly toInput: string;
  readonly toFilter: string;
  readonly imageAxes: number;
}

const plain: Convolution = {
  forward: 'Conv2D',
  toInput: 'Conv2DBackpropInput',
  toFilter: 'Conv2DBackpropFilter',
  imageAxes: 2,
};
const depthwise: Convolution = {
  forward: 'DepthwiseConv2dNative',
  toInput: 'DepthwiseConv2dNativeBackpropInput',
  toFilter: 'DepthwiseConv2dNativeBackpropFilter',
  imageAxes: 2,
};
const volume: Convolution = {
  forward: 'Conv3D',
  toInput: 'Conv3DBackpropInputV2',
  toFilter: 'Conv3DBackpropFilterV2',
  imageAxes: 3,
};

/** The attributes that all three kernels take, without dilation. */
function shared({ strides, pad, dataFormat, dimRoundingMode }: ConvolutionAttributes) {
  return { strides, pad, dilations: 1, ...(dataFormat && { dataFormat }), ...(dimRoundingMode && { dimRoundingMode }) };
}

function perAxis(value: number | number[] | undefined, axes: number): number[] {
  if (typeof value === 'object') return value.length === axes ? value : value.slice(1, 1 + axes);
  return new Array<number>(axes).fill(value ?? 1);
}

/**
 * The three bilinear maps of a convolution; each is the adjoint of the others in one argument, so that the gradient of each
 * is made of the other two, to any order. A dilated filter is filled up with zeros first, since no gradient kernel dilates.
 */
function maps(kind: Convolution, attributes: ConvolutionAttributes) {
  const common = shared(attributes);
  return {
    forward: (x: tf.Tensor, filter: tf.Tensor) =>
      runKernel(kind.forward, { x, filter }, forwardAttributes(kind, common)),
    toInput: (dy: tf.Tensor, filter: tf.Tensor, inputShape: number[]) => {
      refuseVolumesOnWasm(kind);
      return runKernel(kind.toInput, { dy, filter }, { ...common, inputShape });
    },
    toFilter: (x: tf.Tensor, dy: tf.Tensor, filterShape: number[]) =>
      runKernel(kind.toFilter, { x, dy }, { ...common, filterShape }),
  };
}

function forwardAttributes(kind: Convolution, common: ReturnType<typeof shared>) {
  const ones = new Array<number>(kind.imageAxes).fill(1);
  return { dataFormat: kind.imageAxes === 2 ? 'NHWC' : 'NDHWC', ...common, dilations: ones };
}

function gradientsOf(kind: Convolution): GradientDefinition[] {
  return [
    gradientOf<ConvolutionAttributes>(kind.forward, ['x', 'filter'], (dy, saved, attributes) => {
      const [x, filter] = saved as [tf.Tensor, tf.Tensor];
      const { toInput, toFilter } = maps(kind, attributes);
      const dilations = perAxis(attributes.dilations, kind.imageAxes);
      const filledShape = filter.shape.map((length, axis) => (length - 1) * (dilations[axis] ?? 1) + 1);
      const filled = () => dilations.reduce((kernel, step, axis) => spread(kernel, axis, step), filter);
      return {
        x: () => toInput(dy, filled(), x.shape),
        filter: () => dilations.reduce((kernel, step, axis) => thin(kernel, axis, step), toFilter(x, dy, filledShape)),
      };
    }),
    gradientOf<ConvolutionAttributes>(kind.toInput, ['dy', 'filter'], (ddx, saved, attributes) => {
      const [dy, filter] = saved as [tf.Tensor, tf.Tensor];
      refuseDilation(kind.toInput, attributes);
      const { forward, toFilter } = maps(kind, attributes);
      return { dy: () => forward(ddx, filter), filter: () => toFilter(ddx, dy, filter.shape) };
    }),
    gradientOf<ConvolutionAttributes>(kind.toFilter, ['x', 'dy'], (ddw, saved, attributes) => {
      const [x, dy] = saved as [tf.Tensor, tf.Tensor];
      refuseDilation(kind.toFilter, attributes);
      const { forward, toInput } = maps(kind, attributes);
      return { x: () => toInput(dy, ddw, x.shape), dy: () => forward(x, ddw) };
    }),
  ];
}

function refuseDilation(kernelName: string, { dilations }: ConvolutionAttributes): void {
  if (perAxis(dilations, 2).some((step) => step !== 1)) {
    throw new UnsupportedError(
      'the second derivative of a dilated convolution',
      'dilations of 1',
      `kernel ${kernelName}`,
    );
  }
}

/** The wasm kernel of TensorFlow.js 4.22 gives wrong numbers. */
function refuseVolumesOnWasm(kind: Convolution): void {
  if (kind === volume && tf.getBackend() === 'wasm') {
    throw new UnsupportedError(
      'the gradient of conv3d by its input',
      `a right kernel ${kind.toInput}`,
      'backend "wasm"',
    );
  }
}

/** Gradients of convolutions, transposed convolutions and their filters, to any order. */
export const convolutionGradients: readonly GradientDefinition[] = [plain, depthwise, volume].flatMap(gradientsOf);
