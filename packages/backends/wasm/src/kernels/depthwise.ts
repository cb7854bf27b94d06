import type * as tf from '@tensorflow/tfjs-core';
import { convolutionInfo, type ConvolutionAttributes } from './convolution.js';

/**
 * A depthwise convolution that is told its padding in numbers: TensorFlow.js's own gives zeros for `same` where windows are so far apart
 * that there is nothing to pad.
 */
export function completeDepthwise(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const attributes = attrs as unknown as ConvolutionAttributes;
      if (attributes.pad !== 'same') return stock.kernelFunc({ inputs, attrs: attrs as tf.NamedAttrMap, backend });
      const { x, filter } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
      const { top, bottom, left, right } = convolutionInfo(x.shape, filter.shape, attributes, true).padInfo;
      const pad = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      return stock.kernelFunc({ inputs, attrs: { ...attributes, pad } as unknown as tf.NamedAttrMap, backend });
    },
  };
}
