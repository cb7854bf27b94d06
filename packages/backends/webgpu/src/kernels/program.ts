import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { sizeOf, type TensorInfo } from './kernel.js';

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];
type Uniforms = NonNullable<Parameters<WebGPUBackend['runWebGPUProgram']>[3]>;

const groupSize = 64;

/** A program that computes each number of its output by itself from those at the same place of its inputs. */
export interface ElementwiseProgram {
  /** Names it in the cache of compiled programs; everything that its code depends on must be in it. */
  readonly name: string;
  /** The inputs' names; all have the shape of the output. */
  readonly inputs: readonly string[];
  /** WGSL functions and constants. */
  readonly declarations?: string;
  /** WGSL expression of float numbers called as the inputs in lower case. */
  readonly expression: string;
  /** The type of the output, `float32` unless it is said. */
  readonly outputType?: 'float32' | 'int32';
  /** WGSL declarations of further numbers, `'low : f32, high : f32,'`, then called `uniforms.low`. */
  readonly uniforms?: string;
}

/** Runs a program on tensors of one shape. */
export function runElementwise(
  backend: WebGPUBackend,
  program: ElementwiseProgram,
  tensors: readonly TensorInfo[],
  uniforms: Uniforms = [],
): TensorInfo {
  const shape = (tensors[0] as TensorInfo).shape;
  const size = sizeOf(shape);
  const flat = tensors.map((tensor) => ({ ...tensor, shape: [size] }));
  const output = backend.runWebGPUProgram(describe(program, size), flat, program.outputType ?? 'float32', uniforms);
  return { ...output, shape };
}

function describe(program: ElementwiseProgram, size: number): Program {
  const setOutput = program.outputType === 'int32' ? 'setOutputAtIndexI32' : 'setOutputAtIndex';
  const lines = program.inputs.map((name) => `let ${name.toLowerCase()} = f32(${name}[index]);`);
  return {
    variableNames: [...program.inputs],
    outputShape: [size],
    dispatchLayout: { x: [0] },
    dispatch: [Math.ceil(size / groupSize), 1, 1],
    workgroupSize: [groupSize, 1, 1],
    size: true,
    shaderKey: `equipoise_${program.name}`,
    ...(program.uniforms === undefined ? {} : { uniforms: program.uniforms }),
    getUserCode: () => `
      ${program.declarations ?? ''}
      fn main(index : i32) {
        if (index < uniforms.size) {
          ${lines.join('\n          ')}
          ${setOutput}(index, ${program.expression});
        }
      }
    `,
  };
}
