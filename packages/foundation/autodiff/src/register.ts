import * as tf from '@tensorflow/tfjs-core';
import { gradients } from './gradients/index.js';
import { mendTape } from './tape.js';

/**
 * Makes the gradients of TensorFlow.js right to any order: registers this package's gradient for every kernel that it knows, in
 * the place of another one if there is one, and mends the tape so that gradients of others that save outputs are right or throw.
 *
 * It changes the global registry of `@tensorflow/tfjs-core`; calling it again is harmless, and mends a registry that was
 * changed in the meantime. Backends call it when they are activated.
 */
export function enableGradients(): void {
  mendTape();
  for (const gradient of gradients) {
    const registered = tf.getGradient(gradient.kernelName);
    if (registered === gradient) continue;
    if (registered !== undefined) tf.unregisterGradient(gradient.kernelName);
    tf.registerGradient(gradient);
  }
}
