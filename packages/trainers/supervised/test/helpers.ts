import { fromArrays } from '@equipoise/dataset-combinators';
import { createRng } from '@equipoise/kit';
import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import { mlp, type MlpOptions } from '@equipoise/model-vision';
import type { Dataset, Loss, Model, RunContext, TrainingEvent, TrainingState, TrainingTask } from '@equipoise/spec';
import { supervised, type SupervisedOptions } from '../src/index.js';

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

/** A small network for {@link stripes}. */
export function network(options: MlpOptions = {}): Model {
  return mlp({ inputShape: [4, 4, 1], hidden: [8], classes: 3, ...options }, { rng: createRng(11) });
}

/** What a training is made of; everything has a default. */
export interface Training extends SupervisedOptions {
  readonly model?: Model;
  readonly dataset?: Dataset;
  readonly loss?: Loss;
  readonly resumeFrom?: TrainingState;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Called at each event, before the next step. */
  readonly onEvent?: (event: TrainingEvent) => void;
}

/** Trains and gives all events. */
export async function train(training: Training): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of events$(training)) {
    events.push(event);
    training.onEvent?.(event);
  }
  return events;
}

/** Trains, event by event. */
export function events$({
  model,
  dataset,
  loss,
  resumeFrom,
  seed = 1,
  signal,
  ...rest
}: Training): AsyncIterable<TrainingEvent> {
  const options: Training = { ...rest };
  delete (options as { onEvent?: unknown }).onEvent;
  const task: TrainingTask = {
    ...{ model: model ?? network(), dataset: dataset ?? stripes(), loss: loss ?? crossEntropyLoss({}) },
    ...(resumeFrom && { resumeFrom }),
  };
  const context: RunContext = { rng: createRng(seed), report: () => undefined, ...(signal && { signal }) };
  return supervised({ batchSize: 10, ...options }).doFit(task, context);
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
