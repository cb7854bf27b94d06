import type { Tensor } from '@tensorflow/tfjs-core';

/** A place in a graph of layers, as in tfjs-layers. */
export interface SymbolicTensorLike {
  readonly id: number;
  readonly shape: readonly (number | null)[];
  readonly sourceLayer: LayerLike;
}

/** One use of a layer in a graph, as in tfjs-layers. */
export interface NodeLike {
  readonly inputTensors: readonly SymbolicTensorLike[];
  readonly outputTensors: readonly SymbolicTensorLike[];
  readonly callArgs?: Readonly<Record<string, unknown>>;
}

/** A layer, as in tfjs-layers. */
export interface LayerLike {
  readonly name: string;
  readonly inboundNodes: readonly NodeLike[];
  readonly weights: readonly WeightLike[];
  /** Runs the layer. */
  apply(inputs: Tensor[], kwargs?: Record<string, unknown>): unknown;
  /** Name of the layer's class, such as `Dense`. */
  getClassName(): string;
  /** Its settings. */
  getConfig(): object;
}

/** A weight of a layer, as in tfjs-layers. */
export interface WeightLike {
  readonly name: string;
  /** The value. */
  read(): Tensor;
}

/** A model of tfjs-layers (`LayersModel`, `Sequential`), by structure: this package never imports tfjs-layers. */
export interface LayersModelLike {
  readonly name: string;
  readonly inputs: readonly SymbolicTensorLike[];
  readonly outputs: readonly SymbolicTensorLike[];
  readonly layers: readonly LayerLike[];
  readonly weights: readonly WeightLike[];
  /** Frees the weights. */
  dispose(): unknown;
}

/** The use of a layer that gave a symbolic tensor. */
export function nodeOf(tensor: SymbolicTensorLike): NodeLike {
  return tensor.sourceLayer.inboundNodes.find(({ outputTensors }) =>
    outputTensors.some(({ id }) => id === tensor.id),
  ) as NodeLike;
}

/** The values of a graph of layers for one input, each computed once and kept by name of its layer. */
export interface GraphRun {
  /** The value of a symbolic tensor. */
  valueOf(tensor: SymbolicTensorLike): Tensor;
  /** The outputs of the layers that were run, in order; a layer that is used again is `name_1`, … */
  readonly outputs: Record<string, Tensor>;
}

/**
 * Runs a graph of layers one by one, as far as values are asked for, so that every layer's output can be had in training mode too (tfjs-layers
 * itself gives the outputs of the model alone). Masks are not handed on.
 */
export function runGraph(input: SymbolicTensorLike, x: Tensor, isTraining: boolean): GraphRun {
  const values = new Map<number, Tensor>([[input.id, x]]);
  const outputs: Record<string, Tensor> = {};

  function valueOf(tensor: SymbolicTensorLike): Tensor {
    const known = values.get(tensor.id);
    if (known) return known;
    const node = nodeOf(tensor);
    const layer = tensor.sourceLayer;
    const result = layer.apply(node.inputTensors.map(valueOf), { ...node.callArgs, training: isTraining });
    const results = (Array.isArray(result) ? result : [result]) as Tensor[];
    for (const [index, output] of node.outputTensors.entries()) values.set(output.id, results[index] as Tensor);
    outputs[freeName(layer.name, outputs)] = results[0] as Tensor;
    return values.get(tensor.id) as Tensor;
  }

  return { valueOf, outputs };
}

function freeName(name: string, taken: Readonly<Record<string, unknown>>): string {
  let candidate = name;
  for (let index = 1; candidate in taken; index++) candidate = `${name}_${index}`;
  return candidate;
}
