import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { heapOf } from '../heap.js';
import { assembleModule } from './assembler.js';
import { packPanel, packTransposed } from './packing.js';
import { multiply, multiplyThenAdd, tileRows } from './tile.js';

/** The functions of the module; addresses, counts and offsets in bytes. */
export interface VectorFunctions {
  /** See {@link multiply}. */
  multiply(rows: number, ...parameters: MultiplyParameters): void;
  /** See {@link packPanel}. */
  packPanel(source: number, stride: number, rows: number, panel: number): void;
  /** See {@link packTransposed}. */
  packTransposed(source: number, stride: number, length: number, panel: number): void;
}

type MultiplyParameters = [
  table: number,
  blocks: number,
  stride: number,
  runs: number,
  runCount: number,
  runLength: number,
  panels: number,
  panelCount: number,
  shouldAdd: number,
];

const instances = new WeakMap<BackendWasm, VectorFunctions>();

/** This package's own vector functions, on the memory of a backend; made when first asked for. */
export function vectorFunctions(backend: BackendWasm): VectorFunctions {
  const known = instances.get(backend);
  if (known) return known;
  const functions = instantiate(heapOf(backend).asm.memory);
  instances.set(backend, functions);
  return functions;
}

function instantiate(memory: WebAssembly.Memory): VectorFunctions {
  const sizes = Array.from({ length: tileRows }, (_, index) => index + 1);
  const bytes = assembleModule([...sizes.map((rows) => multiply(rows, multiplyThenAdd)), packPanel, packTransposed]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const functions = exports as unknown as Omit<VectorFunctions, 'multiply'> &
    Record<string, (...parameters: MultiplyParameters) => void>;
  const byRows = [
    undefined,
    ...sizes.map((rows) => functions[`multiply${rows}`] as (...parameters: MultiplyParameters) => void),
  ];
  return {
    multiply: (rows, ...parameters) => byRows[rows]?.(...parameters),
    packPanel: functions.packPanel,
    packTransposed: functions.packTransposed,
  };
}
