import type { BackendStatus } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { binaryAddress, hasSimd } from './binaries.js';
import type { WasmOptions } from './options.js';

/** Whether WebAssembly with SIMD exists here and, where `wasmPaths` is given, whether the binary is where it says. Loads nothing. */
export async function probe({ wasmPaths }: WasmOptions): Promise<BackendStatus> {
  if (!hasSimd()) {
    const reason = 'This platform has no WebAssembly with 128-bit vectors (SIMD).';
    return { available: false, reason, remedy: 'Use the backend "cpu", or a newer browser.' };
  }
  const address = wasmPaths === undefined ? undefined : binaryAddress(wasmPaths);
  const fault = address === undefined ? undefined : await findFault(address);
  if (fault !== undefined) {
    return {
      available: false,
      reason: `There is no WebAssembly binary at ${address} (${fault}).`,
      remedy:
        'Let the option wasmPaths name the folder with the .wasm files of @tensorflow/tfjs-backend-wasm/dist' +
        (isNode() ? ', or leave it out to use those that npm installed.' : ' as your server serves it.'),
    };
  }
  return { available: true, device: 'WebAssembly SIMD, one thread', version: `TensorFlow.js ${tf.version_core}` };
}

function isNode(): boolean {
  return globalThis.process?.getBuiltinModule?.('node:fs') !== undefined;
}

/** Why nothing can be read at an address; `undefined` if something can. */
async function findFault(address: string): Promise<string | undefined> {
  try {
    const fs = globalThis.process?.getBuiltinModule?.('node:fs');
    if (fs && !/^https?:/.test(address)) {
      await fs.promises.access(address.startsWith('file:') ? new URL(address) : address, fs.constants.R_OK);
      return undefined;
    }
    const { ok, status, statusText } = await fetch(address, { method: 'HEAD' });
    return ok ? undefined : `the server answered ${status} ${statusText}`.trim();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
