import { EquipoiseError } from '@equipoise/spec';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { type FoundAdapter, infoOf } from './gpu/find-adapter.js';
import { withNavigatorGpu } from './gpu/globals.js';
import type { Turns } from './gpu/turns.js';

type BackendClass = typeof WebGPUBackend;
type Values = ReturnType<WebGPUBackend['readSync']>;

/** What the GPU reported and nobody was told yet. */
interface Faults {
  first: string | undefined;
}

/**
 * Makes TensorFlow.js's backend of a device, with three differences: what goes wrong on the GPU (memory, lost device) is thrown by the next
 * read instead of giving zeros; a tensor may be disposed while it is being read; in Node tensors can be read synchronously too.
 *
 * @param turns of Dawn, in Node
 */
export function createBackend(
  Base: BackendClass,
  device: GPUDevice,
  { gpu, adapter }: FoundAdapter,
  turns: Turns | undefined,
): WebGPUBackend {
  const faults = watch(device);
  class CompleteBackend extends Base {
    override async read(dataId: object): Promise<Values> {
      this.incRef(dataId);
      try {
        const values = await super.read(dataId);
        throwFault(faults);
        return values;
      } finally {
        if (this.disposeData(dataId)) forget(this, dataId);
      }
    }

    override runWebGPUProgram(...[program, ...others]: Parameters<WebGPUBackend['runWebGPUProgram']>): tf.TensorInfo {
      completeKey(program);
      return super.runWebGPUProgram(program, ...others);
    }

    override readSync(dataId: object): Values {
      const { values, dtype, resource } = this.tensorMap.get(dataId);
      const isThere = Boolean(values) || dtype === 'string' || dtype === 'complex64';
      if (isThere || turns === undefined) return super.readSync(dataId);
      const bytes = readNow(this, resource as GPUBuffer, turns);
      throwFault(faults);
      const numbers = tf.util.convertBackendValuesAndArrayBuffer(bytes, dtype);
      this.tensorMap.get(dataId).values = numbers;
      return numbers;
    }
  }
  return withNavigatorGpu(gpu, () => new CompleteBackend(device, infoOf(adapter) as GPUAdapterInfo));
}

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];

/** Puts into a program's name what its code depends on where TensorFlow.js forgot it: the length of running sums and products. */
function completeKey(program: Program): void {
  if (/^cum_/.test(program.shaderKey)) program.shaderKey += `_${program.outputShape.at(-1)}`;
}

/** Ends the engine's account of data whose tensor was disposed while it was read. */
function forget(backend: WebGPUBackend, dataId: object): void {
  (tf.engine() as unknown as { removeDataId(id: object, from: WebGPUBackend): void }).removeDataId(dataId, backend);
}

function watch(device: GPUDevice): Faults {
  const faults: Faults = { first: undefined };
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    faults.first ??= (event as GPUUncapturedErrorEvent).error.message;
  });
  void device.lost.then(({ reason, message }) => {
    if (reason !== 'destroyed') faults.first = `The device was lost: ${message}`;
  });
  return faults;
}

function throwFault(faults: Faults): void {
  const { first } = faults;
  faults.first = undefined;
  if (first === undefined) return;
  throw failure(`${first} Where memory is short, smaller batches help.`);
}

function failure(message: string): EquipoiseError {
  return new EquipoiseError(
    'EQUIPOISE_BACKEND_FAILED',
    `The GPU reported an error since the last read, so results after it are wrong: ${message}`,
    { details: { backend: 'webgpu', message } },
  );
}

/** Copies a buffer and waits for it. */
function readNow(backend: WebGPUBackend, buffer: GPUBuffer, turns: Turns): ArrayBuffer {
  const staging = backend.device.createBuffer({
    size: buffer.size,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  const { commandEncoder } = backend as unknown as { readonly commandEncoder: GPUCommandEncoder };
  commandEncoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
  backend.submitQueue();
  turns.during(() => staging.mapAsync(GPUMapMode.READ)).catch(() => undefined);
  turns.waitUntil(() => staging.mapState !== 'pending');
  try {
    if (staging.mapState !== 'mapped')
      throw failure('it did not answer, so that nothing can be read synchronously; await data() may tell more.');
    return staging.getMappedRange().slice(0);
  } finally {
    staging.destroy();
  }
}
