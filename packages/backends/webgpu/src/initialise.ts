import { EquipoiseError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { createBackend } from './backend.js';
import { createDevice } from './gpu/create-device.js';
import { findAdapter } from './gpu/find-adapter.js';
import { provideGlobals } from './gpu/globals.js';
import { Turns } from './gpu/turns.js';
import type { WebgpuSettings } from './options.js';

let initialising: Promise<void> | undefined;

/** Opens the GPU and registers the backend with TensorFlow.js, once a process (or worker thread). */
export function initialise(settings: WebgpuSettings): Promise<void> {
  if (tf.engine().registry['webgpu'] !== undefined) return Promise.resolve();
  initialising ??= load(settings).finally(() => (initialising = undefined));
  return initialising;
}

async function load(settings: WebgpuSettings): Promise<void> {
  const found = await findAdapter(settings);
  if ('reason' in found) {
    throw new EquipoiseError(
      'EQUIPOISE_BACKEND_UNAVAILABLE',
      `Backend "webgpu" cannot be used: ${found.reason} ${found.remedy}`,
      { details: { backend: 'webgpu', available: false, ...found } },
    );
  }
  provideGlobals(found.globals);
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const turns = found.isDawn ? new Turns() : undefined;
  const device = await (turns ? turns.during(() => createDevice(found)) : createDevice(found));
  const backend = createBackend(WebGPUBackend, device, found, turns);
  if (tf.engine().registryFactory['webgpu'] !== undefined) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend, 3);
}
