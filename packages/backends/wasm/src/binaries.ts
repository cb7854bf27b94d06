import type { WasmOptions } from './options.js';

/** The name of a binary. */
export type BinaryName = keyof Extract<WasmOptions['wasmPaths'], object>;

/** A module whose one function uses 128-bit vectors: valid where the platform has WebAssembly SIMD. */
const vectorModule = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** Whether the platform has WebAssembly. */
export function hasWebAssembly(): boolean {
  return typeof WebAssembly === 'object';
}

/** Whether the platform has WebAssembly's 128-bit vectors. */
export function hasSimd(): boolean {
  return hasWebAssembly() && WebAssembly.validate(vectorModule);
}

/** The name of the binary that this platform loads when it has no shared memory; Node never loads the threaded one. */
export function binaryName(): BinaryName {
  return hasSimd() ? 'tfjs-backend-wasm-simd.wasm' : 'tfjs-backend-wasm.wasm';
}

/** The option as TensorFlow.js takes it: a folder ends in a slash. */
export function normalisePaths(paths: NonNullable<WasmOptions['wasmPaths']>): NonNullable<WasmOptions['wasmPaths']> {
  return typeof paths === 'string' && !/[/\\]$/.test(paths) ? `${paths}/` : paths;
}

/** Where the option says that a binary is. */
export function binaryAddress(paths: NonNullable<WasmOptions['wasmPaths']>, name: BinaryName): string {
  const places = normalisePaths(paths);
  return typeof places === 'string' ? `${places}${name}` : places[name];
}
