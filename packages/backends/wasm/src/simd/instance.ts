import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { heapOf } from '../heap.js';
import { assembleModule } from './assembler.js';
import { addColumns } from './columns.js';
import { adam, gate, larger, smaller } from './elementwise.js';
import { packPanel, packTransposed } from './packing.js';
import { multiply, multiplyThenAdd, tileRows } from './tile.js';
import { gatherMaximum, scatterMaximum, scatterShare } from './windows.js';

const others = [
  adam,
  addColumns,
  gate,
  gatherMaximum,
  larger,
  packPanel,
  packTransposed,
  scatterMaximum,
  scatterShare,
  smaller,
];

/** The functions of the module; addresses, counts and offsets in bytes. */
export interface VectorFunctions {
  /** See {@link multiply}. */
  multiply(rows: number, ...parameters: MultiplyParameters): void;
  /** See {@link packPanel}. */
  packPanel(source: number, stride: number, rows: number, panel: number): void;
  /** See {@link packTransposed}. */
  packTransposed(source: number, stride: number, length: number, panel: number): void;
  /** See {@link adam}. */
  adam(
    gradient: number,
    first: number,
    second: number,
    update: number,
    newFirst: number,
    newSecond: number,
    count: number,
    ...numbers: AdamNumbers
  ): void;
  /** See {@link addColumns}. */
  addColumns(source: number, rows: number, columns: number, sums: number): void;
  /** See {@link gate}. */
  gate(dy: number, x: number, dx: number, count: number, low: number, high: number): void;
  /** See {@link larger}. */
  larger(a: number, b: number, out: number, count: number): void;
  /** See {@link smaller}. */
  smaller(a: number, b: number, out: number, count: number): void;
  /** See {@link scatterMaximum}. */
  scatterMaximum(x: number, dx: number, dy: number, ...window: WindowParameters): void;
  /** See {@link gatherMaximum}. */
  gatherMaximum(x: number, u: number, out: number, ...window: WindowParameters): void;
  /** See {@link scatterShare}. */
  scatterShare(unused: number, dx: number, dy: number, ...parameters: [...WindowParameters, share: number]): void;
}

type WindowParameters = [rows: number, columns: number, rowGap: number, channels: number];
type AdamNumbers = [beta1: number, rest1: number, beta2: number, rest2: number, rate: number, epsilon: number];
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
  const bytes = assembleModule([...sizes.map((rows) => multiply(rows, multiplyThenAdd)), ...others]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const functions = exports as unknown as Omit<VectorFunctions, 'multiply'>;
  const byRows = [
    undefined,
    ...sizes.map((rows) => exports[`multiply${rows}`] as (...parameters: MultiplyParameters) => void),
  ];
  return { ...functions, multiply: (rows, ...parameters) => byRows[rows]?.(...parameters) };
}
