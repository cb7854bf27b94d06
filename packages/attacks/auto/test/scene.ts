import { toyModel } from '@equipoise/conformance';
import { createRng, inference } from '@equipoise/kit';
import type { AttackProblem, Model, RunContext, RunEvent } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';

/** A problem on a small smooth network whose predictions are the labels, and an ear. */
export interface Scene {
  readonly model: Model;
  readonly problem: AttackProblem;
  readonly events: RunEvent[];
  readonly context: RunContext;
  dispose(): void;
}

/** Makes one; `classes` and the shape of the inputs are those of the network. */
export function sceneOf({ classes = 5, inputShape = [4, 4, 1], batch = 8 } = {}): Scene {
  const model = toyModel(3, inputShape, classes);
  const size = inputShape.reduce((product, length) => product * length, 1);
  const values = createRng(5)
    .fork('x')
    .uniforms(batch * size);
  const x = tf.tensor(values, [batch, ...inputShape]);
  const labels = tf.tidy(() => tf.cast(tf.argMax(model.forward(x, inference).logits!, 1), 'int32')) as tf.Tensor1D;
  const events: RunEvent[] = [];
  return {
    model,
    problem: { model, x, labels, sampleIndices: Array.from({ length: batch }, (_, row) => row) },
    events,
    context: { rng: createRng(1), report: (event) => events.push(event) },
    dispose: () => {
      tf.dispose([x, labels]);
      model.dispose();
    },
  };
}

/** The codes of the warnings among events. */
export function warningsIn(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));
}

/** A model that changes the logits of another. */
export function withLogits(model: Model, change: (logits: tf.Tensor2D, x: tf.Tensor) => tf.Tensor2D): Model {
  return {
    inputShape: model.inputShape,
    bounds: model.bounds,
    supports: model.supports,
    variables: model.variables,
    forward: (x, mode) => {
      const logits = change(model.forward(x, mode).logits as tf.Tensor2D, x);
      return { logits, embedding: logits, layers: {} };
    },
    dispose: () => model.dispose(),
  };
}
