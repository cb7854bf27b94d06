import { factory } from '@equipoise/kit';
import { type Backend, type BackendCapabilities, defineComponent } from '@equipoise/spec';
import { activate } from './activate.js';
import { nodeGpuSchema, nodeSchema } from './options.js';
import { probe } from './probe.js';

const capabilities: BackendCapabilities = Object.freeze({
  training: true,
  secondOrder: true,
  workers: true,
  environments: ['node'] as const,
});

/**
 * The backend `node`: TensorFlow's own kernels on the processor, through TensorFlow.js's native binding, built on this machine by
 * `equipoise backend install node`. Its kernels use all cores.
 *
 * TensorFlow is loaded when the backend is activated; activating it again is harmless. The options count for the first activation of the
 * process (or worker thread), and one of `node` and `node-gpu` can be loaded in it.
 */
export const nodeComponent = defineComponent({
  specVersion: 1,
  kind: 'backend',
  name: 'node',
  description: "TensorFlow's own kernels on the processor; set up by `equipoise backend install node`",
  options: nodeSchema,
  create: (options): Backend => ({
    tfjsName: 'tensorflow',
    capabilities,
    doProbe: () => Promise.resolve(probe('node', {})),
    doActivate: () => activate('node', options),
  }),
});

/** Makes the backend of {@link nodeComponent} from code. */
export const node = factory(nodeComponent);

/**
 * The backend `node-gpu`: TensorFlow's own kernels on an NVIDIA GPU, built on this machine by `equipoise backend install node --gpu`.
 * As {@link nodeComponent} in all else.
 */
export const nodeGpuComponent = defineComponent({
  specVersion: 1,
  kind: 'backend',
  name: 'node-gpu',
  description: "TensorFlow's own kernels on an NVIDIA GPU; set up by `equipoise backend install node --gpu`",
  options: nodeGpuSchema,
  create: (options): Backend => ({
    tfjsName: 'tensorflow',
    capabilities: { ...capabilities, workers: false },
    doProbe: () => Promise.resolve(probe('node-gpu', options)),
    doActivate: () => activate('node-gpu', options),
  }),
});

/** Makes the backend of {@link nodeGpuComponent} from code. */
export const nodeGpu = factory(nodeGpuComponent);
