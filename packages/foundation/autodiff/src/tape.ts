import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedError } from '@equipoise/spec';

/** A record of one operation on TensorFlow.js's tape. */
interface TapeNode {
  readonly inputs: Record<string, tf.Tensor>;
  readonly outputs: readonly tf.Tensor[];
}

type AddTapeNode = (
  name: string,
  inputs: Record<string, tf.Tensor | undefined>,
  outputs: tf.Tensor[],
  gradient: ((dy: tf.Tensor, saved: tf.Tensor[]) => Record<string, () => tf.Tensor>) | null,
  saved: tf.Tensor[],
  attributes: object,
) => void;

type CustomFunction = (...inputsAndSave: unknown[]) => { value: tf.Tensor; gradFunc: unknown };

/** The parts of TensorFlow.js's engine that keep the tape. */
interface TapeEngine {
  state: { activeTape: TapeNode[] | null; gradientDepth: number; kernelDepth: number };
  nextTensorId(): number;
  addTapeNode: AddTapeNode;
  saveTensorsForBackwardMode(tensors: (tf.Tensor | undefined)[]): tf.Tensor[];
  customGrad(f: CustomFunction): (...inputs: tf.Tensor[]) => tf.Tensor;
}

const marker = Symbol.for('equipoise.tape');

/**
 * Mends TensorFlow.js 4.22's tape, once per engine:
 *
 * - A gradient that saves an *output* copies it before the operation is recorded, so that an outer derivative took the copy for a
 *   constant: silently wrong. The record of the operation is moved before the records of the copies.
 * - A custom operation (`tf.customGrad`) may save what it made in between, which no record leads to: silently wrong too. A
 *   derivative through such a copy now throws an `UnsupportedError`.
 * - Inputs that are absent (batch normalisation without scale or offset) made every gradient throw; they are left out.
 */
export function mendTape(): void {
  const engine = tf.engine() as unknown as TapeEngine & { [marker]?: true };
  if (engine[marker]) return;
  engine[marker] = true;
  mendRecords(engine);
  mendCustomGradients(engine);
}

function mendRecords(engine: TapeEngine): void {
  const addTapeNode = engine.addTapeNode.bind(engine);
  const saveTensors = engine.saveTensorsForBackwardMode.bind(engine);
  engine.saveTensorsForBackwardMode = (tensors) => saveTensors(tensors.filter((tensor) => tensor !== undefined));
  engine.addTapeNode = (name, inputs, outputs, gradient, saved, attributes) => {
    addTapeNode(name, withoutAbsent(inputs), outputs, gradient, saved, attributes);
    const tape = engine.state.activeTape as TapeNode[];
    const position = firstUse(tape, outputs);
    if (position < tape.length - 1) tape.splice(position, 0, tape.pop() as TapeNode);
  };
}

function withoutAbsent(inputs: Record<string, tf.Tensor | undefined>): Record<string, tf.Tensor> {
  const names = Object.keys(inputs);
  if (names.every((name) => inputs[name] !== undefined && inputs[name] !== null))
    return inputs as Record<string, tf.Tensor>;
  return Object.fromEntries(names.flatMap((name) => (inputs[name] ? [[name, inputs[name]]] : [])));
}

/** The first of the latest records that uses one of the outputs, else the last record, which is the one that made them. */
function firstUse(tape: readonly TapeNode[], outputs: readonly tf.Tensor[]): number {
  const ids = new Set(outputs.map((output) => output.id));
  const oldest = Math.min(...ids);
  let first = tape.length - 1;
  for (let index = tape.length - 2; index >= 0; index--) {
    const node = tape[index] as TapeNode;
    if (node.outputs.every((output) => output.id < oldest)) break;
    if (Object.values(node.inputs).some((input) => ids.has(input.id))) first = index;
  }
  return first;
}

function mendCustomGradients(engine: TapeEngine): void {
  const customGrad = engine.customGrad.bind(engine);
  engine.customGrad = (f) => {
    return (...inputs) => {
      const firstInside = engine.nextTensorId();
      const isTaped = engine.state.gradientDepth > 0 && engine.state.kernelDepth === 0;
      let hidden: tf.Tensor[] = [];
      const observed: CustomFunction = (...inputsAndSave) => {
        const save = inputsAndSave.pop() as (tensors: tf.Tensor[]) => void;
        const result = f(...inputsAndSave, (tensors: tf.Tensor[]) => {
          hidden = tensors.filter((tensor) => tensor.id >= firstInside);
          save(tensors);
        });
        hidden = hidden.filter((tensor) => tensor !== result.value);
        return result;
      };
      const value = customGrad(observed)(...inputs);
      if (isTaped && hidden.length > 0)
        engine.addTapeNode('customGrad', Object.fromEntries(inputs.entries()), hidden, refuse, [], {});
      return value;
    };
  };
}

function refuse(): never {
  throw new UnsupportedError(
    'a second derivative',
    'gradients made of saved inputs',
    'a custom operation that saves an intermediate result (for tf.losses.softmaxCrossEntropy use crossEntropy of @equipoise/autodiff)',
  );
}
