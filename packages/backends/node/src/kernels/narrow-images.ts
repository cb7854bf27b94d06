import type { backend_util } from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../binding/types.js';
import { extend, extensionOf, type TensorInfo } from './kernel.js';
import { windowsOf } from './windows.js';

/** Images of at most so many channels: grey, colours, colours with a mask. */
const mostChannels = 4;
/** What the loop keeps in registers. */
const mostTaps = 128;

/**
 * The gradient of a convolution's images where they have few channels, as the first layer's have, in a loop of this package's build:
 * TensorFlow's kernels are made for many channels. Nothing where the build has no such loop, or the convolution is another one.
 */
export function narrowImageGradient(
  backend: TensorflowBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo | undefined {
  const { inHeight, inWidth, inChannels, filterHeight, filterWidth, dilationHeight, dilationWidth } = info;
  const extension = extensionOf(backend);
  const isNarrow = inChannels <= mostChannels && inChannels * filterHeight * filterWidth <= mostTaps;
  const isPlain = dilationHeight === 1 && dilationWidth === 1 && info.dataFormat === 'channelsLast';
  if (extension === undefined || !isNarrow || !isPlain) return undefined;
  return extend(backend, [dy, filter], info.inShape, (...ids) =>
    extension.narrowImageGradient(ids[0]!, ids[1]!, ...windowsOf(info), inHeight, inWidth),
  );
}
