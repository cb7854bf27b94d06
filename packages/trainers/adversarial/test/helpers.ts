import { pgd } from '@equipoise/attack-pgd';
import { fromArrays } from '@equipoise/dataset-combinators';
import { createRng } from '@equipoise/kit';
import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import { mlp, type MlpOptions } from '@equipoise/model-vision';
import type {
  Attack,
  AttackProblem,
  Dataset,
  Loss,
  LossInput,
  Model,
  RunContext,
  TrainingEvent,
  TrainingState,
} from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { adversarial, type AdversarialOptions } from '../src/index.js';

/** Images of 4 x 4 pixels in three classes: bright above, bright below, bright to the left. */
export function stripes(size = 60, testSize = 30): Dataset {
  const part = (label: string, count: number) => {
    const rng = createRng(label);
    const labels = Int32Array.from({ length: count }, (_, index) => index % 3);
    const x = Array.from(labels, (kind) =>
      Array.from({ length: 16 }, (_, pixel) => {
        const bright = [pixel < 8, pixel >= 8, pixel % 4 < 2][kind];
        return (bright ? 0.6 : 0.1) + 0.3 * rng.uniform();
      }),
    );
    return { x, labels };
  };
  const splits = { train: part('train', size), test: part('test', testSize) };
  return fromArrays({ name: 'stripes', inputShape: [4, 4, 1], classes: 3, splits });
}

/**
 * Two classes after Tsipras et al. (2019, section 2.1): the first value is far off 0.5 and right for 90 % of the examples, the 15
 * others are close to 0.5 and together nearly always right. A radius of 0.1 turns those around and leaves the first as it is.
 */
export function robustAndWeakFeatures(): Dataset {
  const part = (label: string, count: number) => {
    const rng = createRng(label);
    const labels = Int32Array.from({ length: count }, (_, index) => index % 2);
    const x = Array.from(labels, (kind) => {
      const sign = 2 * kind - 1;
      const first = 0.5 + 0.25 * sign * (rng.uniform() < 0.9 ? 1 : -1);
      return [first, ...Array.from({ length: 15 }, () => 0.5 + 0.08 * sign + 0.03 * rng.normal())];
    });
    return { x, labels };
  };
  const splits = { train: part('train', 200), test: part('test', 100) };
  return fromArrays({ name: 'features', inputShape: [4, 4, 1], classes: 2, splits });
}

/** A small network for {@link stripes}. */
export function network(options: MlpOptions = {}): Model {
  return mlp({ inputShape: [4, 4, 1], hidden: [8], classes: 3, ...options }, { rng: createRng(11) });
}

/** What a training is made of; everything has a default. */
export interface Training extends AdversarialOptions {
  readonly model?: Model;
  readonly dataset?: Dataset;
  readonly loss?: Loss;
  readonly resumeFrom?: TrainingState;
  readonly report?: RunContext['report'];
  /** Called at each event, before the next step. */
  readonly onEvent?: (event: TrainingEvent) => void;
}

/** Trains and gives all events. */
export async function train(training: Training): Promise<TrainingEvent[]> {
  const { model, dataset, loss, resumeFrom, report, onEvent, ...options } = training;
  const task = {
    ...{ model: model ?? network(), dataset: dataset ?? stripes(), loss: loss ?? crossEntropyLoss({}) },
    ...(resumeFrom && { resumeFrom }),
  };
  const source = options.free || options.lossAttacks ? {} : { attack: pgd({ eps: 0.1, steps: 2 }) };
  const trainer = adversarial({ batchSize: 10, ...source, ...options });
  const events: TrainingEvent[] = [];
  for await (const event of trainer.doFit(task, { rng: createRng(1), report: report ?? (() => undefined) })) {
    events.push(event);
    onEvent?.(event);
  }
  return events;
}

/** The events of one type. */
export function ofType<T extends TrainingEvent['type']>(events: readonly TrainingEvent[], type: T) {
  return events.filter((event): event is Extract<TrainingEvent, { type: T }> => event.type === type);
}

/** The state of the last checkpoint of that name. */
export function lastState(events: readonly TrainingEvent[], name: 'last' | 'best' = 'last'): TrainingState {
  const state = ofType(events, 'checkpoint').findLast((event) => event.name === name)?.state;
  if (state === undefined) throw new Error(`There is no checkpoint "${name}".`);
  return state;
}

/** All weights of a model. */
export function weightsOf(model: Model): Record<string, number[]> {
  return Object.fromEntries([...model.variables].map(([name, variable]) => [name, [...variable.dataSync()]]));
}

/** What a step gave to the loss. */
export interface Seen {
  readonly x: number[];
  readonly indices: number[];
  readonly step: number;
}

/** Cross-entropy that keeps what it was given. */
export function recordingLoss(): Loss & { readonly inputs: Seen[] } {
  const inputs: Seen[] = [];
  const inner = crossEntropyLoss({});
  return {
    ...inner,
    inputs,
    doCompute: (input: LossInput, prepared) => {
      inputs.push({ x: [...input.x.dataSync()], indices: Array.from(input.sampleIndices), step: input.step });
      return inner.doCompute(input, prepared);
    },
  };
}

/** An attack that does what it is told, and keeps its problems' radii and starts. */
export function fakeAttack(move: (problem: AttackProblem) => tf.Tensor, threat?: Attack['threat']) {
  const calls: { eps: AttackProblem['eps']; start: number[] | undefined; indices: number[]; end: number[] }[] = [];
  const attack: Attack = {
    supports: { norms: ['linf'], targeted: true, gradients: false, stochastic: false },
    ...(threat && { threat }),
    doPerturb: (problem) => {
      const adversarial = tf.tidy(() => tf.clipByValue(move(problem), 0, 1));
      const success = tf.tidy(() => {
        const logits = problem.model.forward(adversarial, { training: false }).logits!;
        return tf.notEqual(tf.argMax(logits, 1), problem.labels) as tf.Tensor1D;
      });
      const { eps, start, sampleIndices } = problem;
      calls.push({
        ...{ eps, indices: Array.from(sampleIndices), end: [...adversarial.dataSync()] },
        start: start && [...start.dataSync()],
      });
      return Promise.resolve({ adversarial, success });
    },
  };
  return { attack, calls };
}
