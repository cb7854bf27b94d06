import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** The parts of TensorFlow.js's WebAssembly module that this package uses; views are invalid once memory was allocated. */
export interface Heap {
  /** The memory as bytes. */
  readonly HEAPU8: Uint8Array;
  /** The memory as integers. */
  readonly HEAP32: Int32Array;
  /** The memory as floating-point numbers. */
  readonly HEAPF32: Float32Array;
  /** The exports of the module as it was compiled. */
  readonly asm: { readonly memory: WebAssembly.Memory };
  /** Takes so many bytes; the address is a signed number. */
  _malloc(bytes: number): number;
  /** Gives memory back. */
  _free(address: number): void;
}

/** The module of a backend. */
export function heapOf(backend: BackendWasm): Heap {
  return backend.wasm as unknown as Heap;
}

/** The address of a tensor's data, in bytes. */
export function addressOf(backend: BackendWasm, info: { readonly dataId: object }): number {
  return backend.dataIdMap.get(info.dataId).memoryOffset;
}

/** Scratch memory in the backend's heap. */
export interface Scratch {
  /** The address of new memory for so many 32-bit numbers. Allocate everything before using views of the heap. */
  allocate(numbers: number): number;
}

/** Runs a function with scratch memory and frees it, also if the function throws. */
export function withScratch<T>(backend: BackendWasm, use: (scratch: Scratch) => T): T {
  const heap = heapOf(backend);
  const addresses: number[] = [];
  const allocate = (numbers: number) => {
    const address = heap._malloc(Math.max(numbers, 1) * 4) >>> 0;
    addresses.push(address);
    return address;
  };
  try {
    return use({ allocate });
  } finally {
    for (const address of addresses) heap._free(address);
  }
}
