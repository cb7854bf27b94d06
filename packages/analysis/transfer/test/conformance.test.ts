import { pgd } from '@equipoise/attack-pgd';
import { pluginChecks, registerChecks, toyClasses, toyInputShape } from '@equipoise/conformance';
import { onEachBackend } from '@equipoise/internal-testing';
import type { Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { test } from 'vitest';
import { plugin, transfer, type TransferOptions } from '../src/index.js';

/** Says in which row the stripe of a toy image is, by powers of its pixels; holds no tensors, so it fits every backend. */
function stripes(power: number): Model {
  return {
    inputShape: toyInputShape,
    bounds: [0, 1],
    classes: toyClasses,
    supports: { gradients: true, secondOrder: true, logits: true },
    variables: new Map(),
    forward: (x) => {
      const rows = tf.reshape(tf.sum(tf.pow(x, power), 2), [-1, 4]);
      const logits = tf.slice(rows, [0, 0], [-1, toyClasses]) as tf.Tensor2D;
      return { embedding: logits, logits, layers: {} };
    },
    dispose: () => undefined,
  };
}

const options = (): TransferOptions => ({
  attack: pgd({ eps: 0.2, steps: 3 }),
  models: { linear: stripes(1), square: stripes(2), cube: stripes(3) },
  modes: ['untargeted', 'targeted'],
  samples: 20,
});

onEachBackend(() => {
  registerChecks(
    { test },
    pluginChecks(plugin, {
      options: { 'analysis/transfer': options },
      analyses: { transfer: { withBatchSize: (batchSize) => transfer({ ...options(), batchSize }) } },
    }),
  );
});
