import { attackFixtureModel } from '@equipoise/internal-testing';
import { createRng } from '@equipoise/kit';
import type { AttackProblem, Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

const FEATURES = 8;
const BATCH = 4;
const DRAWN = 40;
/** Samples nearer than this to a boundary, in l2, are left out: what float32 makes of a margin there is more than 1 %. */
const LEAST_DISTANCE = 0.01;

/** A random linear classifier, inputs near the middle of the box, and what can be said of them in float64. */
export interface LinearCase {
  readonly problem: AttackProblem;
  /** `z_j − z_y` of each sample and class. */
  readonly gaps: readonly (readonly number[])[];
  /** Index of each sample's label. */
  readonly labels: readonly number[];
  /** w_j − w_i. */
  between(j: number, i: number): readonly number[];
  dispose(): void;
}

/** Draws weights, biases and inputs; labels are what is predicted. */
export function linearCase(seed: number, classes: number, spread = 0.1): LinearCase {
  const rng = createRng(seed);
  const draw = (name: string, count: number, scale: number) =>
    [...rng.fork(name).normals(count)].map((v) => Math.fround(v * scale));
  const kernel = draw('kernel', FEATURES * classes, 4);
  const features = [...Array(FEATURES).keys()];
  const weight = (i: number, j: number) => kernel[i * classes + j] as number;
  const between = (j: number, i: number) => features.map((feature) => weight(feature, j) - weight(feature, i));
  const bias = draw('bias', classes, 0.1).map((b, j) =>
    Math.fround(b - 0.5 * features.reduce((sum, i) => sum + weight(i, j), 0)),
  );
  const samples = [...Array(DRAWN).keys()].flatMap((index) => {
    const x = [
      ...rng
        .fork('x')
        .fork(index)
        .uniforms(FEATURES, 0.5 - spread, 0.5 + spread),
    ];
    const z = bias.map((b, j) => x.reduce((sum, value, i) => sum + value * weight(i, j), b));
    const label = z.indexOf(Math.max(...z));
    const gaps = z.map((one) => one - (z[label] as number));
    const isFar = gaps.every((gap, j) => j === label || -gap / dualSize(between(j, label), 'l2') > LEAST_DISTANCE);
    return isFar ? [{ x, label, gaps }] : [];
  });
  const chosen = samples.slice(0, BATCH);
  const labels = chosen.map(({ label }) => label);
  const x = { shape: [chosen.length, FEATURES], data: chosen.flatMap((one) => one.x) };
  const model = attackFixtureModel({
    id: '',
    options: { model: 'linear', bounds: [0, 1] },
    inputs: {
      x,
      'model.kernel1': { shape: [FEATURES, classes], data: kernel },
      'model.bias1': { shape: [classes], data: bias },
    },
    expected: {},
  });
  const tensors = { x: tf.tensor(x.data, x.shape), labels: tf.tensor1d(labels, 'int32') };
  return {
    problem: { model, ...tensors, sampleIndices: labels.map((_, row) => row) },
    gaps: chosen.map(({ gaps }) => gaps),
    labels,
    between,
    dispose: () => {
      model.dispose();
      tf.dispose(Object.values(tensors));
    },
  };
}

/** |v|_q with q dual to the norm. */
export function dualSize(v: readonly number[], norm: Norm): number {
  const sizes = v.map(Math.abs);
  if (norm === 'l1') return Math.max(...sizes);
  return norm === 'l2' ? Math.hypot(...sizes) : sizes.reduce((sum, one) => sum + one, 0);
}
