import type { WasmOptions } from './options.js';

/** A module whose one function uses 128-bit vectors: valid where the platform has WebAssembly SIMD. */
const vectorModule = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** Whether the platform has WebAssembly with 128-bit vectors. */
export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(vectorModule);
}

/** The name of the binary that is loaded. */
const binaryName = 'tfjs-backend-wasm-simd.wasm';

/** The option as TensorFlow.js takes it: a folder ends in a slash. */
export function normalisePaths(paths: NonNullable<WasmOptions['wasmPaths']>): NonNullable<WasmOptions['wasmPaths']> {
  return typeof paths === 'string' && !/[/\\]$/.test(paths) ? `${paths}/` : paths;
}

/** Where the option says that the binary is. */
export function binaryAddress(paths: NonNullable<WasmOptions['wasmPaths']>): string {
  const places = normalisePaths(paths);
  return typeof places === 'string' ? `${places}${binaryName}` : places[binaryName];
}
