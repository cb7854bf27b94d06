import { groupNormalization } from './group-normalization.js';
import type { LayerBuilder } from './layer.js';

/** Options of {@link layerNormalization}. */
export interface LayerNormalizationOptions {
  /** Name of the layer. */
  readonly name: string;
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Layer normalisation (Ba, Kiros and Hinton, 2016, equation 3): each sample is shifted and scaled to mean 0 and variance 1
 * over all its values; then `scale` and `offset` per channel. It is group normalisation with one group (Wu and He, 2018, section 3.1);
 * scale and offset are shared by all places of a channel, where PyTorch's `LayerNorm([C, H, W])` has one a value.
 */
export function layerNormalization(options: LayerNormalizationOptions): LayerBuilder {
  return groupNormalization({ ...options, groups: 1 });
}
