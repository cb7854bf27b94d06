import type { Rng } from '@equipoise/spec';
import type { MaskSettings } from '../options.js';
import { entryCount, type RankedEntries } from './high-mask.js';
import { markHighest, markLowest } from './selection.js';

/**
 * The mask L of one sample: the entries of low utility.
 *
 * `rest`: 1 − H. `random`: k of the rest at random. `bottom`: the k entries of lowest score. `bottom-half`: the lower
 * half of the entries. With `masks: "all"`, L is one everywhere under every rule.
 * @param ranked scores and H
 * @param settings the rule and the fraction
 * @param rng the sample's own stream
 */
export function lowMask({ scores, high }: RankedEntries, settings: MaskSettings, rng: Rng): Float32Array {
  const low = new Float32Array(high.length);
  if (settings.masks === 'all') return low.fill(1);
  const count = entryCount(settings.fraction, high.length);
  switch (settings.lowRule) {
    case 'rest':
      for (let index = 0; index < low.length; index++) low[index] = 1 - high[index]!;
      return low;
    case 'random':
      return randomRest(high, count, rng.fork('low'));
    case 'bottom':
      markLowest(scores, count, low);
      return low;
    case 'bottom-half':
      markLowest(scores, high.length >> 1, low);
      return low;
  }
}

/** Top k of uniform − 9·H, limited to the entries outside of H. */
function randomRest(high: Float32Array, count: number, rng: Rng): Float32Array {
  const draws = rng.uniforms(high.length);
  const low = new Float32Array(high.length);
  const rest = high.reduce((sum, value) => sum + 1 - value, 0);
  markHighest(
    draws.map((draw, index) => draw - 9 * high[index]!),
    Math.min(count, rest),
    low,
  );
  return low;
}
