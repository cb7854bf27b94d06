import { InvalidOptionsError, ShapeError, type Rng } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { TensorFunction } from './grad.js';
import { jvp } from './products.js';
import { onOneForwardPass } from './run.js';

/** How Jacobian norms are computed. */
export type JacobianNormOptions =
  | {
      /** One backward pass for each output. The default. */
      readonly method?: 'exact';
    }
  | {
      /** An estimate from random projections, whose relative error falls as √(1/projections). */
      readonly method: 'random';
      /** Number of random vectors; default 16. */
      readonly projections?: number;
      /** The source of the random signs. */
      readonly rng: Rng;
      /** Index of each sample in its data set, so that its signs do not depend on its batch; default 0, 1, …. */
      readonly sampleIndices?: ArrayLike<number>;
    };

/**
 * The norms of the Jacobian's columns, s_j = ‖∂f/∂x_j‖₂ of each sample: how much a representation moves with one entry of the input.
 *
 * `exact` sums (∂f_i/∂x_j)² over the outputs i; `random` takes s_j² = E_u[(Jᵀu)_j²] over vectors u of random signs, which is an
 * unbiased estimate of the square. The forward pass runs once. The result can be differentiated if it is made under a tape.
 *
 * Source of the estimate: Hutchinson 1990, for the diagonal of JᵀJ (Bekas, Kokiopoulou, Saad 2007).
 * @param f maps a batch to a batch, each sample by itself
 * @param x `[batch, ...]`, float32
 * @param options the method; exact by default
 * @returns a tensor of the shape of x
 * @throws ShapeError if f does not keep the batch, InvalidOptionsError for a wrong method or number of projections
 */
export function jacobianColumnNorms(f: TensorFunction, x: tf.Tensor, options: JacobianNormOptions = {}): tf.Tensor {
  const random = checkOptions(options);
  return tf.tidy(() =>
    onOneForwardPass(checkBatch(f, x), x, (y, pullBack) => {
      const outputs = outputsOf(y);
      const vectors = random ? random.projections : outputs;
      let sum: tf.Tensor = tf.zerosLike(x);
      for (let index = 0; index < vectors; index++) {
        sum = replace(sum, () => {
          const cotangent = random ? signs(random, index, y.shape) : unitVectors(index, outputs, y.shape);
          return tf.add(sum, tf.square(pullBack(cotangent)));
        });
      }
      return rootOf(random ? tf.div(sum, vectors) : sum);
    }),
  );
}

/**
 * The norms of the Jacobian's rows, ‖∂f_i/∂x‖₂ of each sample: how much an output moves with the whole input.
 *
 * `exact` takes one backward pass for each output; `random` takes E_t[(Jt)_i²] over vectors t of random signs.
 * @param f maps a batch to a batch, each sample by itself
 * @param x `[batch, ...]`, float32
 * @param options the method; exact by default
 * @returns a tensor of the shape of f(x)
 * @throws ShapeError if f does not keep the batch, InvalidOptionsError for a wrong method or number of projections
 */
export function jacobianRowNorms(f: TensorFunction, x: tf.Tensor, options: JacobianNormOptions = {}): tf.Tensor {
  const random = checkOptions(options);
  const checked = checkBatch(f, x);
  if (random) {
    const squares = () =>
      Array.from({ length: random.projections }, (_, index) =>
        tf.tidy(() => tf.square(jvp(checked, x, signs(random, index, x.shape)))),
      );
    return tf.tidy(() => rootOf(tf.div(tf.addN(squares()), random.projections)));
  }
  return tf.tidy(() =>
    onOneForwardPass(checked, x, (y, pullBack) => {
      const outputs = outputsOf(y);
      const inputAxes = x.shape.map((_, axis) => axis).slice(1);
      const columns = Array.from({ length: outputs }, (_, index) =>
        tf.tidy(() => rootOf(tf.sum(tf.square(pullBack(unitVectors(index, outputs, y.shape))), inputAxes))),
      );
      return tf.reshape(tf.stack(columns, 1), y.shape);
    }),
  );
}

/** Settings of the random method, complete. */
interface RandomProjections {
  readonly projections: number;
  readonly rng: Rng;
  readonly sampleIndices?: ArrayLike<number>;
}

function checkOptions(options: JacobianNormOptions): RandomProjections | undefined {
  const { method = 'exact' } = options;
  const refuse = (path: string, message: string) => {
    throw new InvalidOptionsError('Jacobian norms', [{ path: [path], message }]);
  };
  if (method !== 'exact' && method !== 'random') refuse('method', `"${String(method)}" is not 'exact' or 'random'`);
  if (options.method !== 'random') return undefined;
  const { projections = 16, rng, sampleIndices } = options;
  if (!Number.isInteger(projections) || projections < 1)
    refuse('projections', `${projections} is not a positive whole number`);
  if (typeof rng?.fork !== 'function') refuse('rng', "the method 'random' needs an Rng");
  return { projections, rng, ...(sampleIndices && { sampleIndices }) };
}

function checkBatch(f: TensorFunction, x: tf.Tensor): TensorFunction {
  return (input) => {
    const y = f(input);
    if (y.rank === 0 || y.shape[0] !== x.shape[0])
      throw new ShapeError('the output of f', [x.shape[0] ?? null, null], y.shape);
    return y;
  };
}

/** Number of outputs a sample. */
function outputsOf(y: tf.Tensor): number {
  return y.size / (y.shape[0] as number);
}

/** The same unit vector for every sample, of the shape of the outputs. */
function unitVectors(index: number, outputs: number, shape: number[]): tf.Tensor {
  const batch = shape[0] as number;
  return tf.reshape(tf.cast(tf.oneHot(tf.fill([batch], index, 'int32'), outputs), 'float32'), shape);
}

/** Signs ±1 from each sample's own stream. */
function signs({ rng, sampleIndices }: RandomProjections, projection: number, shape: number[]): tf.Tensor {
  const [batch = 0, ...rest] = shape;
  const count = rest.reduce((product, length) => product * length, 1);
  const stream = rng.fork('projections').fork(projection);
  const values = new Float32Array(batch * count);
  for (let sample = 0; sample < batch; sample++) {
    const uniforms = stream.fork(sampleIndices?.[sample] ?? sample).uniforms(count);
    values.set(
      uniforms.map((u) => (u < 0.5 ? -1 : 1)),
      sample * count,
    );
  }
  return tf.tensor(values, shape);
}

const rootOf = (squares: tf.Tensor) => tf.sqrt(squares);

/** Computes the successor of a running sum. */
function replace(sum: tf.Tensor, next: () => tf.Tensor): tf.Tensor {
  const successor = tf.tidy(next);
  sum.dispose();
  return successor;
}
