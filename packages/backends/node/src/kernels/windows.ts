import type { backend_util } from '@tensorflow/tfjs-core';
import type { WindowNumbers } from '../binding/types.js';

/** The windows as this package's build takes them. */
export function windowsOf(info: backend_util.Conv2DInfo): WindowNumbers {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo, outHeight, outWidth } = info;
  return [filterHeight, filterWidth, strideHeight, strideWidth, padInfo.top, padInfo.left, outHeight, outWidth];
}
