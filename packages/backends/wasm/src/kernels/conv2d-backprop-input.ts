import { convolutionInfo, type ConvolutionAttributes, type ConvolutionInfo } from './convolution.js';
import { callKernel, floats, free, type TensorInfo, wasmKernel } from './kernel.js';

/**
 * The gradient of a convolution in its input, as a convolution: of dy, spread by the strides and padded, with the filter turned by
 * half a turn and with its channel axes swapped.
 */
export const conv2DBackpropInput = wasmKernel<
  { readonly dy: TensorInfo; readonly filter: TensorInfo },
  ConvolutionAttributes & { readonly inputShape: number[] }
>('Conv2DBackpropInput', ({ inputs: { dy, filter }, attributes, backend }) => {
  const info = convolutionInfo(attributes.inputShape, filter.shape, attributes);
  const { batchSize, inHeight, inWidth, outChannels, inChannels, filterHeight, filterWidth } = info;
  const spread = backend.makeOutput(
    [batchSize, inHeight + filterHeight - 1, inWidth + filterWidth - 1, outChannels],
    'float32',
  );
  const turned = backend.makeOutput([filterHeight, filterWidth, outChannels, inChannels], 'float32');
  spreadAndPad(floats(backend, dy), floats(backend, spread).fill(0), info);
  turn(floats(backend, filter), floats(backend, turned), info);
  const attrs = { strides: 1, pad: 'valid', dilations: 1, dataFormat: 'NHWC' };
  const dx = callKernel(backend, 'Conv2D', { x: spread, filter: turned }, attrs);
  free(backend, spread);
  free(backend, turned);
  return dx;
});

function spreadAndPad(dy: Float32Array, spread: Float32Array, info: ConvolutionInfo): void {
  const { batchSize, outHeight, outWidth, outChannels: depth, strideHeight, strideWidth, padInfo } = info;
  const height = info.inHeight + info.filterHeight - 1;
  const width = info.inWidth + info.filterWidth - 1;
  const top = info.filterHeight - 1 - padInfo.top;
  const left = info.filterWidth - 1 - padInfo.left;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const y = top + row * strideHeight;
      if (y < 0 || y >= height) continue;
      const from = (image * outHeight + row) * outWidth;
      const to = (image * height + y) * width;
      for (let column = 0; column < outWidth; column++) {
        const x = left + column * strideWidth;
        if (x < 0 || x >= width) continue;
        const source = (from + column) * depth;
        const target = (to + x) * depth;
        for (let channel = 0; channel < depth; channel++) spread[target + channel] = dy[source + channel] as number;
      }
    }
  }
}

function turn(filter: Float32Array, turned: Float32Array, info: ConvolutionInfo): void {
  const { filterHeight, filterWidth, inChannels, outChannels } = info;
  const places = filterHeight * filterWidth;
  for (let place = 0; place < places; place++) {
    const target = (places - 1 - place) * inChannels * outChannels;
    for (let input = 0; input < inChannels; input++) {
      const source = (place * inChannels + input) * outChannels;
      for (let output = 0; output < outChannels; output++)
        turned[target + output * inChannels + input] = filter[source + output] as number;
    }
  }
}
