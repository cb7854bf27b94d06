import { UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import {
  nodeOf,
  type GraphRun,
  type LayerLike,
  type LayersModelLike,
  type SymbolicTensorLike,
} from './layers-graph.js';

/** Where logits and embedding of a layers model are. */
export interface Head {
  /** The input of the layer that makes the logits. */
  readonly input: SymbolicTensorLike;
  /** The logits, before any softmax. */
  logits(run: GraphRun): tf.Tensor2D;
}

const probabilityActivations: readonly string[] = ['softmax', 'sigmoid', 'hardSigmoid'];

/**
 * Finds the logits of a model: its output, or what goes into the softmax if it ends in one (`Softmax`, `Activation('softmax')`, or `Dense`
 * with softmax, whose product with kernel and bias is then taken by itself). Throws an `UnsupportedError` where the model ends
 * in probabilities from which the logits cannot be had.
 */
export function findHead(model: LayersModelLike): Head {
  const output = model.outputs[0] as SymbolicTensorLike;
  const layer = output.sourceLayer;
  const activation = finalActivation(layer);
  if (!probabilityActivations.includes(activation)) {
    return { input: inputOf(output), logits: (run) => run.valueOf(output) as tf.Tensor2D };
  }
  if (activation === 'softmax') {
    const before = inputOf(output);
    const name = layer.getClassName();
    if (name === 'Softmax' || name === 'Activation') {
      return { input: inputOf(before), logits: (run) => run.valueOf(before) as tf.Tensor2D };
    }
    if (name === 'Dense' && before.shape.length === 2) {
      return { input: before, logits: (run) => denseWithoutActivation(layer, run, before) };
    }
  }
  throw new UnsupportedError(
    'fromLayersModel',
    'logits',
    `layers model "${model.name}", whose last layer "${layer.name}" ends in ${activation},`,
  );
}

function inputOf(tensor: SymbolicTensorLike): SymbolicTensorLike {
  return nodeOf(tensor).inputTensors[0] ?? tensor;
}

function finalActivation(layer: LayerLike): string {
  const className = layer.getClassName();
  if (className === 'Softmax') return 'softmax';
  const inner = (layer as Partial<LayersModelLike>).outputs?.[0];
  if (inner) return finalActivation(inner.sourceLayer);
  const { activation } = layer.getConfig() as { activation?: unknown };
  return typeof activation === 'string' ? activation : 'linear';
}

function denseWithoutActivation(layer: LayerLike, run: GraphRun, input: SymbolicTensorLike): tf.Tensor2D {
  const x = run.valueOf(input);
  const [kernel, bias] = layer.weights.map((weight) => weight.read());
  const product = tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D);
  const logits = bias ? tf.add(product, bias) : product;
  run.outputs[layer.name] = logits;
  return logits as tf.Tensor2D;
}
