import { convolutionInfo, type ConvolutionAttributes, type ConvolutionInfo } from './convolution.js';
import { callKernel, floats, free, type TensorInfo, wasmKernel } from './kernel.js';

/**
 * The gradient of a convolution in its filter, as a convolution: batch and channels change places in x (padded), and dy, with its batch
 * as the input channels, is the filter, dilated by the strides.
 */
export const conv2DBackpropFilter = wasmKernel<
  { readonly x: TensorInfo; readonly dy: TensorInfo },
  ConvolutionAttributes & { readonly filterShape: number[] }
>('Conv2DBackpropFilter', ({ inputs: { x, dy }, attributes, backend }) => {
  const info = convolutionInfo(x.shape, attributes.filterShape, attributes);
  const { batchSize, inChannels, filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const height = (info.outHeight - 1) * strideHeight + filterHeight;
  const width = (info.outWidth - 1) * strideWidth + filterWidth;
  const swapped = backend.makeOutput([inChannels, height, width, batchSize], 'float32');
  swapAndPad(floats(backend, x), floats(backend, swapped).fill(0), info, height, width);
  const filter = callKernel(backend, 'Transpose', { x: dy }, { perm: [1, 2, 0, 3] });
  const attrs = { strides: 1, pad: 'valid', dilations: [strideHeight, strideWidth], dataFormat: 'NHWC' };
  const byInput = callKernel(backend, 'Conv2D', { x: swapped, filter }, attrs);
  const dw = callKernel(backend, 'Transpose', { x: byInput }, { perm: [1, 2, 0, 3] });
  for (const info of [swapped, filter, byInput]) free(backend, info);
  return dw;
});

function swapAndPad(x: Float32Array, swapped: Float32Array, info: ConvolutionInfo, height: number, width: number) {
  const { batchSize, inHeight, inWidth, inChannels, padInfo } = info;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < inHeight; row++) {
      const y = row + padInfo.top;
      if (y < 0 || y >= height) continue;
      for (let column = 0; column < inWidth; column++) {
        const place = column + padInfo.left;
        if (place < 0 || place >= width) continue;
        const source = ((image * inHeight + row) * inWidth + column) * inChannels;
        const target = (y * width + place) * batchSize + image;
        for (let channel = 0; channel < inChannels; channel++)
          swapped[target + channel * height * width * batchSize] = x[source + channel] as number;
      }
    }
  }
}
