import { enableGradients } from '@equipoise/autodiff';
import { factory } from '@equipoise/kit';
import { type Backend, type BackendCapabilities, type BackendStatus, defineComponent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { describeAdapter, findAdapter } from './gpu/find-adapter.js';
import { initialise } from './initialise.js';
import { completeKernels } from './kernels/index.js';
import { webgpuSchema, type WebgpuSettings } from './options.js';

const capabilities: BackendCapabilities = Object.freeze({
  training: true,
  secondOrder: true,
  workers: true,
  environments: ['node', 'browser'] as const,
});

/**
 * The backend `webgpu`: TensorFlow.js's kernels for GPUs of any maker, in browsers and, by the npm package `webgpu` (Dawn, an optional peer
 * dependency), in Node; wrong kernels mended, so that networks train and gradients are right to second order.
 *
 * It is loaded when it is activated; activating it again is harmless, and the options count for the first activation of the process.
 * In Node, `navigator.gpu` is there only during activation; five names of WebGPU (`GPUBuffer`, `GPUBufferUsage`, …), which TensorFlow.js
 * looks up while it computes, stay on the global object.
 *
 * Reads (`data()`, `array()`) throw an EquipoiseError `EQUIPOISE_BACKEND_FAILED` if the GPU reported an error since the last one.
 * In a browser tensors are read asynchronously, `dataSync()` is slow there; in Node it waits.
 */
export const webgpuComponent = defineComponent({
  specVersion: 1,
  kind: 'backend',
  name: 'webgpu',
  description: 'GPUs of any maker, in browsers and (with the npm package webgpu) in Node',
  options: webgpuSchema,
  create: (settings): Backend => ({
    tfjsName: 'webgpu',
    capabilities,
    doProbe: () => probe(settings),
    doActivate: () => activate(settings),
  }),
});

/** Makes the backend of {@link webgpuComponent} from code. */
export const webgpu = factory(webgpuComponent);

async function probe(settings: WebgpuSettings): Promise<BackendStatus> {
  const found = await findAdapter(settings);
  if ('reason' in found) return { available: false, ...found };
  const version = `TensorFlow.js ${tf.version_core}, WebGPU of ${found.isDawn ? 'Dawn' : 'the browser'}`;
  return { available: true, device: describeAdapter(found.adapter), version };
}

async function activate(settings: WebgpuSettings): Promise<void> {
  await initialise(settings);
  completeKernels();
  await tf.setBackend('webgpu');
  enableGradients();
}
