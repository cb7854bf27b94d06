export type { WasmOptions } from './options.js';
export { plugin } from './plugin.js';
export { wasm, wasmComponent } from './wasm.js';
