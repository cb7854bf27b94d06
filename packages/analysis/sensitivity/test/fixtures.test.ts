import { crossEntropy, inputGradients } from '@equipoise/autodiff';
import { createRng } from '@equipoise/kit';
import { expectClose, fixtureTensor, forEachFixture, onEachBackend } from '@equipoise/internal-testing';
import type { Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { contextualSensitivity, contextualUtility } from '../src/index.js';
import { fixtureModel } from './fixture-model.js';

function embeddingGradientNorms(
  model: Model,
  x: tf.Tensor,
  labels: tf.Tensor1D,
  head: (embedding: tf.Tensor) => tf.Tensor2D,
): Float32Array {
  const { embedding } = model.forward(x, { training: false });
  const { gradients } = inputGradients((phi) => crossEntropy(head(phi), labels), embedding);
  return tf.norm(gradients, 2, 1).dataSync() as Float32Array;
}

onEachBackend(() => {
  forEachFixture('fcl', (one, tolerance) => {
    if (one.options.method === undefined) {
      // The cases of losses are judged in @equipoise/loss-fcl; here, their utility.
      const model = fixtureModel(one);
      const utility = contextualUtility(
        model,
        fixtureTensor(one.inputs['x']),
        fixtureTensor(one.inputs['y']) as tf.Tensor1D,
      );
      expectClose(utility, one.expected['utility'] ?? 0, tolerance, 'utility');
      return;
    }
    const model = fixtureModel(one);
    const x = fixtureTensor(one.inputs['x']);
    const labels = fixtureTensor(one.inputs['y']) as tf.Tensor1D;
    const form =
      one.options.method === 'finite' ? { method: 'finite' as const, delta: one.options.delta as number } : undefined;
    const utility = contextualUtility(model, x, labels, form);
    const sensitivity = contextualSensitivity(model, x, form);
    expectClose(utility, one.expected['utility'] ?? 0, tolerance, 'utility');
    expectClose(sensitivity, one.expected['sensitivity'] ?? 0, tolerance, 'sensitivity');
    if (form !== undefined) return;
    const head = (phi: tf.Tensor) =>
      tf.add(
        tf.matMul(phi as tf.Tensor2D, fixtureTensor(one.inputs['head.kernel']) as tf.Tensor2D),
        fixtureTensor(one.inputs['head.bias']),
      ) as tf.Tensor2D;
    const norms = embeddingGradientNorms(model, x, labels, head);
    expectClose(norms, one.expected['embeddingGradientNorm'] ?? 0, tolerance, 'embeddingGradientNorm');
    expectBound(utility, sensitivity, norms);
    expectEstimate(model, x, sensitivity);
  });
});

/** u_j <= ‖∂ℓ/∂φ‖·s_j, up to float32 rounding. */
function expectBound(utility: tf.Tensor, sensitivity: tf.Tensor, norms: Float32Array): void {
  const [u, s] = [utility.dataSync(), sensitivity.dataSync()];
  const perSample = u.length / norms.length;
  const excess = Array.from(u, (value, i) => value - (norms[Math.floor(i / perSample)] as number) * (s[i] as number));
  expect(Math.max(...excess)).toBeLessThanOrEqual(1e-5);
}

/** 2,000 random projections: the relative deviation of s is about sqrt(1/(2·2000)) = 1.6 %; 8 % is five of these. */
function expectEstimate(model: Model, x: tf.Tensor, exact: tf.Tensor): void {
  const sampleIndices = Array.from({ length: x.shape[0] as number }, (_, i) => i);
  const estimate = contextualSensitivity(model, x, {
    method: 'random',
    projections: 2000,
    rng: createRng(1),
    sampleIndices,
  });
  expectClose(estimate, exact.dataSync(), { rtol: 0.08, atol: 1e-6 }, 'estimated sensitivity');
}
