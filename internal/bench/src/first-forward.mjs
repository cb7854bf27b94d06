/** One forward pass of the MNIST network with the built packages; prints the sum of the logits. Its first parameter names the backend. */
import * as tf from '@tensorflow/tfjs-core';
import { cnn } from '@equipoise/model-vision';
import { inference } from '@equipoise/kit';

const name = process.argv[2];
const backend =
  name === 'wasm' ? (await import('@equipoise/backend-wasm')).wasm() : (await import('@equipoise/backend-cpu')).cpu();
await backend.doActivate();
const { logits } = cnn({ preset: 'madry-mnist' }).forward(tf.fill([1, 28, 28, 1], 0.5), inference);
console.log((await tf.sum(logits).data())[0]);
