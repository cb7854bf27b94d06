import { enableGradients } from '@equipoise/autodiff';
import { factory } from '@equipoise/kit';
import { type Backend, defineComponent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { completeBatchProducts } from './batch-products.js';

const schema = z.strictObject({});

/** Options of {@link cpu}: none. */
export type CpuOptions = z.input<typeof schema>;

const backend: Backend = Object.freeze<Backend>({
  tfjsName: 'cpu',
  capabilities: { training: true, secondOrder: true, workers: true, environments: ['node', 'browser'] },
  doProbe: () =>
    Promise.resolve({ available: true, device: 'JavaScript, one thread', version: `TensorFlow.js ${tf.version_core}` }),
  doActivate: async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    await tf.ready();
    (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
    completeBatchProducts();
    enableGradients();
  },
});

/**
 * The backend `cpu`: TensorFlow.js's plain JavaScript kernels. It runs everywhere, in one thread, at about a tenth of a GFLOP/s: for
 * tests, and as the reference that other backends are compared with. Its products of batches broadcast, which TensorFlow.js's do wrongly.
 *
 * It is imported when it is activated; activating it again is harmless.
 */
export const cpuComponent = defineComponent({
  specVersion: 1,
  kind: 'backend',
  name: 'cpu',
  description: 'Plain JavaScript: runs everywhere, slowly',
  options: schema,
  create: () => backend,
});

/** Makes the backend of {@link cpuComponent} from code. */
export const cpu = factory(cpuComponent);
