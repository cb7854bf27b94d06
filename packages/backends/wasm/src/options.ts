import * as z from 'zod';

/** The three binaries of TensorFlow.js's WebAssembly backend. */
const binaries = z.strictObject({
  'tfjs-backend-wasm.wasm': z.string(),
  'tfjs-backend-wasm-simd.wasm': z.string(),
  'tfjs-backend-wasm-threaded-simd.wasm': z.string(),
});

/** Schema of the options of `wasm`. */
export const wasmSchema = z.strictObject({
  wasmPaths: z
    .union([z.string().min(1), binaries])
    .optional()
    .describe(
      'Where the .wasm files are: a folder or an address (with or without a slash at its end), or the address of each file by its ' +
        'name; the default is beside the code of @tensorflow/tfjs-backend-wasm, which bundles for browsers do not carry along',
    ),
});

/** Options of `wasm`. */
export type WasmOptions = z.input<typeof wasmSchema>;
