/** In a browser: two steps of training and the gradient of an attack on webgpu, beside those on cpu. */
import { crossEntropy, inputGradients } from '@equipoise/autodiff';
import { cpu } from '@equipoise/backend-cpu';
import { webgpu } from '@equipoise/backend-webgpu';
import { createContext, fit } from '@equipoise/core';
import { fromArrays } from '@equipoise/dataset-combinators';
import { createRng, inference } from '@equipoise/kit';
import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import { cnn } from '@equipoise/model-vision';
import type { Backend } from '@equipoise/spec';
import { supervised } from '@equipoise/trainer-supervised';
import * as tf from '@tensorflow/tfjs-core';

const side = 12;
const count = 16;
const inputShape: [number, number, number] = [side, side, 1];
const pixels = createRng('images').uniforms(2 * count * side * side, 0, 1);
const labels = Int32Array.from({ length: 2 * count }, (_, index) => index % 3);

/** Logits and input gradients of a small network after two steps. */
async function trainAndAttack(backend: Backend): Promise<{ logits: Float32Array; gradients: Float32Array }> {
  await backend.doActivate();
  const sizes = { train: count, test: count };
  const dataset = fromArrays({ inputShape, classes: ['a', 'b', 'c'], bounds: [0, 1], x: pixels, labels, sizes });
  const model = cnn({
    inputShape,
    classes: 3,
    convolutions: [{ channels: 8 }],
    pooling: { type: 'max' },
    dense: [16],
    seed: 1,
  });
  const trainer = supervised({ steps: 2, batchSize: count, optimizer: { name: 'sgd', learningRate: 0.1 } });
  await fit({ trainer, model, dataset, loss: crossEntropyLoss(), context: createContext({ seed: 1 }) });
  const x = tf.tensor(pixels.slice(0, count * side * side), [count, ...inputShape]);
  const objective = (inputs: tf.Tensor) =>
    crossEntropy(model.forward(inputs, inference).logits as tf.Tensor2D, tf.tensor1d(labels.slice(0, count), 'int32'));
  const { gradients } = inputGradients(objective, x);
  const { logits } = tf.tidy(() => ({ logits: model.forward(x, inference).logits as tf.Tensor }));
  return { logits: (await logits.data()) as Float32Array, gradients: (await gradients.data()) as Float32Array };
}

/** The largest difference between two arrays, in units of the second's largest number. */
function difference(actual: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
  return (
    actual.reduce((most, number, index) => Math.max(most, Math.abs(number - (expected[index] as number))), 0) / largest
  );
}

try {
  const status = await webgpu().doProbe();
  if (!status.available) throw new Error(`${status.reason} ${status.remedy}`);
  const expected = await trainAndAttack(cpu());
  const actual = await trainAndAttack(webgpu());
  const differences = [difference(actual.logits, expected.logits), difference(actual.gradients, expected.gradients)];
  if (!differences.every((number) => number < 1e-4)) throw new Error(`differences from cpu ${differences.join(', ')}`);
  document.title = `done: ${status.device}; logits and input gradients differ from cpu's by ${differences.map((number) => number.toExponential(1)).join(' and ')}`;
} catch (error) {
  document.title = `failed: ${String(error)}`;
}
