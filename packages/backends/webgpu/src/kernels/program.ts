import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { sizeOf, type TensorInfo } from './kernel.js';

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];
type Uniforms = NonNullable<Parameters<WebGPUBackend['runWebGPUProgram']>[3]>;

const groupSize = 64;

/** What every program says of itself. */
interface ProgramDescription {
  /** Names it in the cache of compiled programs; everything that its code depends on must be in it. */
  readonly name: string;
  /** The inputs' names, with capital letters first. */
  readonly inputs: readonly string[];
  /** The type of the output, `float32` unless it is said. */
  readonly outputType?: 'float32' | 'int32';
  /** WGSL declarations of further numbers, `'low : f32, high : f32,'`, then called `uniforms.low`. */
  readonly uniforms?: string;
}

/** A program that computes each number of its output from those at the same place of its inputs. */
export interface ElementwiseProgram extends ProgramDescription {
  /** WGSL functions and constants. */
  readonly declarations?: string;
  /** WGSL expression of float numbers called as the inputs in lower case. */
  readonly expression: string;
}

/** Runs a program on tensors of one shape. */
export function runElementwise(
  backend: WebGPUBackend,
  program: ElementwiseProgram,
  tensors: readonly TensorInfo[],
  uniforms: Uniforms = [],
): TensorInfo {
  const { inputs, outputType, declarations = '', expression } = program;
  const shape = (tensors[0] as TensorInfo).shape;
  const size = sizeOf(shape);
  const flat = tensors.map((tensor) => ({ ...tensor, shape: [size] }));
  const numbers = inputs.map((name) => `let ${name.toLowerCase()} = f32(${name}[index]);`);
  const setOutput = outputType === 'int32' ? 'setOutputAtIndexI32' : 'setOutputAtIndex';
  const code = `${numbers.join('\n')}\n${setOutput}(index, ${expression});`;
  const described = describe(program, [size], () => mainFunction(code, declarations));
  return { ...backend.runWebGPUProgram(described, flat, outputType ?? 'float32', uniforms), shape };
}

/** A program that computes each number of its output, a batch of images, by itself. */
export interface PixelwiseProgram extends ProgramDescription {
  /** WGSL statements that set the output at `index`; `coords` are the batch, row, column and channel of that place. */
  readonly code: string;
}

/** Runs a program on tensors of any shapes. */
export function runPixelwise(
  backend: WebGPUBackend,
  program: PixelwiseProgram,
  tensors: readonly TensorInfo[],
  outputShape: readonly number[],
  uniforms: Uniforms = [],
): TensorInfo {
  const code = `let coords = getCoordsFromIndex(index);\n${program.code}`;
  const described = describe(program, outputShape, () => mainFunction(code));
  return backend.runWebGPUProgram(described, [...tensors], program.outputType ?? 'float32', uniforms);
}

function describe(program: ProgramDescription, outputShape: readonly number[], getUserCode: () => string): Program {
  return {
    variableNames: [...program.inputs],
    outputShape: [...outputShape],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(sizeOf(outputShape) / groupSize), 1, 1],
    workgroupSize: [groupSize, 1, 1],
    size: true,
    shaderKey: `equipoise_${program.name}`,
    ...(program.uniforms === undefined ? {} : { uniforms: program.uniforms }),
    getUserCode,
  };
}

function mainFunction(code: string, declarations = ''): string {
  return `
    ${declarations}
    fn main(index : i32) {
      if (index < uniforms.size) {
        ${code}
      }
    }
  `;
}
