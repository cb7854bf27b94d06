import { countCalls } from '@equipoise/ascent';
import { createContext, runAttack } from '@equipoise/core';
import { distancesBetween, inference } from '@equipoise/kit';
import type { Attack, Model, Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Images } from './prepare.js';
import type { Result, Row } from './rows.js';

/** Seed of every attack. */
const SEED = 1;

/** Runs one of our attacks on the first images and measures it as `attacks.py` does the others. */
export async function measureOurs(row: Row, attack: Attack, model: Model, images: Images): Promise<Result> {
  const count = row.images ?? images.labels.length;
  const x = tf.slice(tf.tensor(images.x, [...images.shape]), [0], [count]);
  const labels = tf.tensor1d(images.labels.slice(0, count), 'int32');
  const counting = countCalls(model);
  const sampleIndices = Array.from({ length: count }, (_, index) => index);
  const begun = performance.now();
  const problem = { model: counting.model, x, labels, sampleIndices };
  const { adversarial, success } = await runAttack(attack, problem, createContext({ seed: SEED }));
  const fooled = await success.data();
  const seconds = (performance.now() - begun) / 1000;
  const calls = { ...counting.calls };
  const clean = await tf.tidy(() => tf.equal(tf.argMax(model.forward(x, inference).logits!, 1), labels)).data();
  const moved = await distancesBetween(x, adversarial, row.norm as Norm | 'l0');
  const result = {
    family: row.family,
    norm: row.norm,
    library: 'equipoise',
    attack: row.ours.use,
    n: count,
    calls,
    seconds,
  };
  tf.dispose([x, labels, adversarial, success]);
  if (row.eps !== undefined) {
    const robust = clean.filter((right, sample) => right && !fooled[sample]).length / count;
    return { ...result, robust, largest: Math.max(...moved) };
  }
  const distances = Array.from(moved, (one, sample) => (!clean[sample] ? 0 : fooled[sample] ? one : Infinity));
  const failures = distances.filter((one) => one === Infinity).length;
  return { ...result, median: medianOf(distances), failures };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)]!, sorted[Math.floor(sorted.length / 2)]!];
  return (low + high) / 2;
}
