import { enableGradients } from '@equipoise/autodiff';
import { factory } from '@equipoise/kit';
import { type Backend, type BackendCapabilities, defineComponent, EquipoiseError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { completeKernels } from './kernels/index.js';
import { initialise } from './initialise.js';
import { wasmSchema, type WasmOptions } from './options.js';
import { probe } from './probe.js';

const capabilities: BackendCapabilities = Object.freeze({
  training: true,
  secondOrder: true,
  workers: true,
  environments: ['node', 'browser'] as const,
});

/**
 * The backend `wasm`: TensorFlow.js's WebAssembly kernels, with those that it lacks or does slowly completed, so that convolutional
 * networks train. One thread; several instances can run side by side, each in a worker thread of its own.
 *
 * It is loaded when it is activated; activating it again is harmless. `wasmPaths` counts for the first activation of the process.
 */
export const wasmComponent = defineComponent({
  specVersion: 1,
  kind: 'backend',
  name: 'wasm',
  description: 'WebAssembly with SIMD, completed so that it trains; nothing to install',
  options: wasmSchema,
  create: (options): Backend => ({
    tfjsName: 'wasm',
    capabilities,
    doProbe: () => probe(options),
    doActivate: () => activate(options),
  }),
});

/** Makes the backend of {@link wasmComponent} from code. */
export const wasm = factory(wasmComponent);

async function activate(options: WasmOptions): Promise<void> {
  const status = await probe(options);
  if (!status.available) {
    throw new EquipoiseError(
      'EQUIPOISE_BACKEND_UNAVAILABLE',
      `Backend "wasm" cannot be used: ${status.reason} ${status.remedy}`,
      { details: { backend: 'wasm', ...status } },
    );
  }
  await initialise(options);
  completeKernels();
  await tf.setBackend('wasm');
  enableGradients();
}
