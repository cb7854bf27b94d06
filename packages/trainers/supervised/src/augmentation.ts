import { type Examples, type Rng, UnsupportedError } from '@equipoise/spec';
import type { NoiseSettings } from './options.js';

/** A rectangle of pixels, ends not included. */
interface Window {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Inputs with Gaussian noise, as an augmentation that serves as a baseline: x + σ_i·n, n ~ N(0, 1) for every entry.
 *
 * `gaussian` moves every entry; `patch-gaussian` (Lopes, Yin, Poole, Gilmer and Cubuk 2019, arXiv 1906.02611) those of a
 * square window whose centre is uniform over the pixels of the image, cut off at its borders. σ_i is fixed or uniform in
 * a range per image. Each image is noisy with probability `fraction`. A sample's noise depends on the stream and on its
 * index alone.
 * @param examples the inputs; not changed
 * @param settings what noise
 * @param bounds where the result is cut off if `clip` is set
 * @param rng the stream of the step
 * @param sampleIndices index of each example in its split
 * @returns the inputs to train on
 * @throws UnsupportedError for patches on inputs that are not images
 */
export function withNoise(
  examples: Examples,
  settings: NoiseSettings,
  bounds: readonly [low: number, high: number],
  rng: Rng,
  sampleIndices: ArrayLike<number>,
): Float32Array {
  if (settings.type === 'none') return examples.x;
  const shape = examples.shape.slice(1);
  const x = examples.x.slice();
  const entries = x.length / sampleIndices.length;
  const stream = rng.fork('augmentation');
  for (let place = 0; place < sampleIndices.length; place++) {
    const own = stream.fork(sampleIndices[place]!);
    const sample = x.subarray(place * entries, (place + 1) * entries);
    if (own.fork('whether').uniform() < settings.fraction) addNoise(sample, shape, settings, own);
  }
  if (settings.clip) {
    const [low, high] = bounds;
    for (let index = 0; index < x.length; index++) x[index] = Math.min(high, Math.max(low, x[index]!));
  }
  return x;
}

function addNoise(sample: Float32Array, shape: readonly number[], settings: NoiseSettings, rng: Rng): void {
  const { sigma } = settings;
  const size = typeof sigma === 'number' ? sigma : sigma[0] + (sigma[1] - sigma[0]) * rng.fork('sigma').uniform();
  const normals = rng.fork('noise');
  if (settings.type === 'gaussian') {
    for (let index = 0; index < sample.length; index++) sample[index]! += size * normals.normal();
    return;
  }
  const [, width, channels] = imageShape(shape);
  const { top, bottom, left, right } = patchWindow(shape, settings.patchSize, rng.fork('centre'));
  for (let row = top; row < bottom; row++) {
    const start = (row * width + left) * channels;
    const end = (row * width + right) * channels;
    for (let index = start; index < end; index++) sample[index]! += size * normals.normal();
  }
}

function patchWindow(shape: readonly number[], size: number, rng: Rng): Window {
  const [height, width] = imageShape(shape);
  const top = rng.integer(height) - (size >> 1);
  const left = rng.integer(width) - (size >> 1);
  return {
    top: Math.max(0, top),
    left: Math.max(0, left),
    bottom: Math.min(height, top + size),
    right: Math.min(width, left + size),
  };
}

function imageShape(shape: readonly number[]): readonly [number, number, number] {
  if (shape.length !== 3) throw new UnsupportedError('noise "patch-gaussian"', 'images as inputs', 'the data set');
  return shape as unknown as readonly [number, number, number];
}
