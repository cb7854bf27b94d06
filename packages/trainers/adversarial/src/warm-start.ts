import { ballNorms, createRegion } from '@equipoise/ascent';
import { clipToBounds } from '@equipoise/kit';
import type { Attack, LossInput, Model, Norm, StateArray } from '@equipoise/spec';
import type { Selection } from '@equipoise/training';
import * as tf from '@tensorflow/tfjs-core';
import type { StatePart } from './state-parts.js';

/** The last perturbation of every example. */
export interface WarmStart extends StatePart {
  /** Where the attack of a batch starts; the caller owns it. */
  startOf(batch: Pick<LossInput, 'x' | 'sampleIndices' | 'rng'>, eps: number | undefined): tf.Tensor;
  /** Remembers where the attack ended. */
  keep(batch: Pick<LossInput, 'x' | 'sampleIndices'>, adversarial: tf.Tensor): Promise<void>;
}

/**
 * Remembers perturbations in the memory of the host, 4 bytes a value: 188 MB for MNIST, 614 MB for CIFAR-10; checkpoints hold them too.
 *
 * An example that was not attacked yet starts at a point that is uniform in the ball of the attack, or as it is if the attack has none.
 */
export function openWarmStart(
  attack: Attack,
  { split, indices }: Selection,
  { inputShape, bounds }: Pick<Model, 'inputShape' | 'bounds'>,
): WarmStart {
  const size = inputShape.reduce((product, length) => product * length, 1);
  const places = new Int32Array(split.size);
  indices.forEach((index, place) => (places[index] = place));
  const moves = new Float32Array(indices.length * size);
  const seen = new Int32Array(indices.length);
  const slot = (index: number) => moves.subarray(places[index]! * size, (places[index]! + 1) * size);
  return {
    startOf: ({ x, sampleIndices, rng }, eps) => {
      const batch = Array.from(sampleIndices);
      const last = new Float32Array(x.size);
      batch.forEach((index, row) => last.set(slot(index), row * size));
      const isNew = batch.map((index) => seen[places[index]!] === 0);
      return tf.tidy(() => {
        const moved = clipToBounds(tf.add(x, tf.tensor(last, x.shape)), bounds);
        const fresh = isNew.includes(true)
          ? randomStart(attack, { x, sampleIndices: batch, rng, bounds }, eps)
          : undefined;
        if (!fresh) return moved;
        const mask = tf.reshape(tf.tensor1d(isNew, 'bool'), [batch.length, ...inputShape.map(() => 1)]);
        return tf.where(tf.broadcastTo(mask, x.shape), fresh, moved);
      });
    },
    keep: async ({ x, sampleIndices }, adversarial) => {
      const difference = tf.sub(adversarial, x);
      const values = await difference.data();
      difference.dispose();
      Array.from(sampleIndices).forEach((index, row) => {
        slot(index).set(values.subarray(row * size, (row + 1) * size));
        seen[places[index]!] = 1;
      });
    },
    expects: { moves: [indices.length, ...inputShape], seen: [indices.length] },
    capture: async (): Promise<Record<string, StateArray>> => ({
      moves: { shape: [indices.length, ...inputShape], data: moves.slice() },
      seen: { shape: [indices.length], data: seen.slice() },
    }),
    restore: (arrays) => {
      moves.set(arrays['moves']!.data);
      seen.set(arrays['seen']!.data);
    },
  };
}

function randomStart(
  { threat }: Attack,
  { x, sampleIndices, rng, bounds }: Pick<LossInput, 'x' | 'rng'> & Pick<Model, 'bounds'> & { sampleIndices: number[] },
  radius: number | undefined,
): tf.Tensor | undefined {
  const eps = radius ?? threat?.eps;
  const norm = threat?.norm as Norm;
  if (typeof eps !== 'number' || !ballNorms.includes(norm)) return undefined;
  const region = createRegion({ norm, eps, bounds }, x.shape);
  return region.randomStart(rng.fork('warm start'), sampleIndices, x, tf.range(0, sampleIndices.length, 1, 'int32'));
}
