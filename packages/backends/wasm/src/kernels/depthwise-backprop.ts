import { convolutionInfo, type ConvolutionAttributes, type ConvolutionInfo } from './convolution.js';
import { floats, type TensorInfo, wasmKernel } from './kernel.js';

/** The gradient of a depthwise convolution in its input. */
export const depthwiseBackpropInput = wasmKernel<
  { readonly dy: TensorInfo; readonly filter: TensorInfo },
  ConvolutionAttributes & { readonly inputShape: number[] }
>('DepthwiseConv2dNativeBackpropInput', ({ inputs: { dy, filter }, attributes, backend }) => {
  const info = convolutionInfo(attributes.inputShape, filter.shape, attributes, true);
  const out = backend.makeOutput(attributes.inputShape, 'float32');
  const dx = floats(backend, out).fill(0);
  const gradient = floats(backend, dy);
  const weights = floats(backend, filter);
  const multiplier = info.outChannels / info.inChannels;
  forEachTap(info, (pixel, tap, place) => {
    let output = place * info.outChannels;
    let weight = tap * info.outChannels;
    for (let input = pixel * info.inChannels; input < (pixel + 1) * info.inChannels; input++) {
      let sum = dx[input] as number;
      for (let turn = 0; turn < multiplier; turn++)
        sum += (gradient[output++] as number) * (weights[weight++] as number);
      dx[input] = sum;
    }
  });
  return out;
});

/** The gradient of a depthwise convolution in its filter. */
export const depthwiseBackpropFilter = wasmKernel<
  { readonly x: TensorInfo; readonly dy: TensorInfo },
  ConvolutionAttributes & { readonly filterShape: number[] }
>('DepthwiseConv2dNativeBackpropFilter', ({ inputs: { x, dy }, attributes, backend }) => {
  const info = convolutionInfo(x.shape, attributes.filterShape, attributes, true);
  const out = backend.makeOutput(attributes.filterShape, 'float32');
  const dw = floats(backend, out).fill(0);
  const gradient = floats(backend, dy);
  const values = floats(backend, x);
  const multiplier = info.outChannels / info.inChannels;
  forEachTap(info, (pixel, tap, place) => {
    let output = place * info.outChannels;
    let weight = tap * info.outChannels;
    for (let input = pixel * info.inChannels; input < (pixel + 1) * info.inChannels; input++) {
      const value = values[input] as number;
      for (let turn = 0; turn < multiplier; turn++, weight++)
        dw[weight] = (dw[weight] as number) + (gradient[output++] as number) * value;
    }
  });
  return out;
});

/** Visits every pixel of the input that a filter tap meets for an output place; all three as flat indices without channels. */
function forEachTap(info: ConvolutionInfo, visit: (pixel: number, tap: number, place: number) => void): void {
  const { batchSize, outHeight, outWidth, filterHeight, filterWidth, inHeight, inWidth, padInfo } = info;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        const place = (image * outHeight + row) * outWidth + column;
        for (let tap = 0; tap < filterHeight * filterWidth; tap++) {
          const y = row * info.strideHeight - padInfo.top + Math.floor(tap / filterWidth);
          const x = column * info.strideWidth - padInfo.left + (tap % filterWidth);
          if (y >= 0 && y < inHeight && x >= 0 && x < inWidth) visit((image * inHeight + y) * inWidth + x, tap, place);
        }
      }
    }
  }
}
