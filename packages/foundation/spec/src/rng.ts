/**
 * A stream of random numbers that is a pure function of its seed and of the labels it was forked by.
 *
 * Forking does not consume numbers: `rng.fork('noise').fork(17)` is the same stream whatever was drawn before, so that
 * a sample's noise depends on its index alone, not on the batch it came in.
 */
export interface Rng {
  /** An independent stream, a pure function of this stream's identity and of `label`. */
  fork(label: string | number): Rng;
  /** The next integer, uniform over [0, 2^32). */
  uint32(): number;
  /** The next number, uniform over [0, 1) with 32 random bits. */
  uniform(): number;
  /** The next number from N(0, 1). */
  normal(): number;
  /** The next integer, uniform over [0, bound), without modulo bias. */
  integer(bound: number): number;
  /** `count` numbers, uniform over [low, high). */
  uniforms(count: number, low?: number, high?: number): Float32Array;
  /** `count` numbers from N(0, 1). */
  normals(count: number): Float32Array;
  /** A random order of 0 … length − 1. */
  permutation(length: number): Int32Array;
}
