import { kernelAgreement } from '@equipoise/internal-testing';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';

/** Demands of a kernel what that of `cpu` gives. */
export const expectAgreement = kernelAgreement('webgpu', ({ dataId }) => gpu().uploadToGPU(dataId));

/** The active backend. */
export function gpu(): WebGPUBackend {
  return tf.backend() as WebGPUBackend;
}

/** Watches that compiled programs are only taken for programs of the same code; gives the names of those that were confused. */
export function watchPrograms(backend: WebGPUBackend): () => readonly string[] {
  const codes = new Map<string, string>();
  const confused = new Set<string>();
  const run = backend.runWebGPUProgram.bind(backend);
  backend.runWebGPUProgram = (program, ...others) => {
    const result = run(program, ...others);
    const code = program.getUserCode();
    if ((codes.get(program.shaderKey) ?? code) !== code) confused.add(program.shaderKey);
    codes.set(program.shaderKey, code);
    return result;
  };
  return () => [...confused].sort();
}
