import { InvalidOptionsError, type Rng } from '@equipoise/spec';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { type Identity, labelWords, mix } from './hash.js';

const ROOT: Identity = [0x65717569, 0x706f6973, 0x652f726e, 0x67000001];

/**
 * Makes a stream of random numbers from a seed.
 *
 * Numbers come from xoroshiro128+ (Blackman and Vigna 2018; library pure-rand) whose 128-bit state is a MurmurHash3 of
 * the seed and of every label on the way, so `createRng(1).fork('noise').fork(17)` is the same stream everywhere. The
 * lowest bits of that generator are weak; `integer`, `uniforms` and `permutation` use the high ones.
 *
 * @param seed any finite number or string; `1` and `'1'` are different seeds
 * @returns the stream; `fork` never consumes numbers of it
 * @throws InvalidOptionsError if the seed (or later a label) is not a finite number or a string
 */
export function createRng(seed: number | string): Rng {
  return new HashedRng(mix(ROOT, checkedWords(seed, 'createRng', 'seed')));
}

function checkedWords(value: number | string, subject: string, name: string): number[] {
  if (typeof value !== 'string' && !Number.isFinite(value)) {
    throw invalid(subject, name, `expected a finite number or a string, got ${String(value)}`);
  }
  return labelWords(value);
}

function invalid(subject: string, name: string, message: string): InvalidOptionsError {
  return new InvalidOptionsError(subject, [{ path: [name], message }]);
}

class HashedRng implements Rng {
  readonly #identity: Identity;
  readonly #generator;
  #spare: number | undefined;

  constructor(identity: Identity) {
    this.#identity = identity;
    const zero = identity.every((word) => word === 0);
    this.#generator = xoroshiro128plusFromState(zero ? [1, 0, 0, 0] : identity);
  }

  fork(label: string | number): Rng {
    return new HashedRng(mix(this.#identity, checkedWords(label, 'rng.fork', 'label')));
  }

  uint32(): number {
    return this.#generator.next() >>> 0;
  }

  uniform(): number {
    return (this.#generator.next() >>> 0) * 2 ** -32;
  }

  /** Marsaglia's polar method (1964): two numbers from each accepted point of the unit disc. */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    const generator = this.#generator;
    let u: number, v: number, s: number;
    do {
      u = (generator.next() + 0.5) * 2 ** -31;
      v = (generator.next() + 0.5) * 2 ** -31;
      s = u * u + v * v;
    } while (s >= 1);
    const scale = Math.sqrt((-2 * Math.log(s)) / s);
    this.#spare = v * scale;
    return u * scale;
  }

  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw invalid('rng.integer', 'bound', `expected a whole number from 1 to 2^32, got ${bound}`);
    }
    return this.#below(bound);
  }

  #below(bound: number): number {
    const width = Math.floor(2 ** 32 / bound);
    let value: number;
    do value = Math.floor((this.#generator.next() >>> 0) / width);
    while (value >= bound);
    return value;
  }

  uniforms(count: number, low = 0, high = 1): Float32Array {
    if (!(low <= high)) throw invalid('rng.uniforms', 'high', `expected at least low (${low}), got ${high}`);
    const values = new Float32Array(count);
    const generator = this.#generator;
    const scale = (high - low) * 2 ** -24;
    for (let index = 0; index < count; index++) {
      values[index] = low + (generator.next() >>> 8) * scale;
      if ((values[index] as number) >= high) values[index] = low;
    }
    return values;
  }

  normals(count: number): Float32Array {
    const values = new Float32Array(count);
    for (let index = 0; index < count; index++) values[index] = this.normal();
    return values;
  }

  permutation(length: number): Int32Array {
    const order = Int32Array.from({ length }, (_, index) => index);
    for (let index = length - 1; index > 0; index--) {
      const other = this.#below(index + 1);
      const swapped = order[index] as number;
      order[index] = order[other] as number;
      order[other] = swapped;
    }
    return order;
  }
}
