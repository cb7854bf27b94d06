import type { Examples, LossInput, Model, Rng, Split, StateArray, TrainingTask, RunContext } from '@equipoise/spec';
import type { Variable } from '@tensorflow/tfjs-core';
import type { LossGradients } from './gradients.js';
import type { TrainingPlan } from './plan.js';
import type { Selection, TrainingWarning } from './selection.js';

/** What sets one trainer apart from another that runs the same loop. */
export interface TrainingMethod {
  /** Name of the component, for messages: `trainer "supervised"`. */
  readonly name: string;
  /** Updates of the weights on each batch before the next batch comes; an epoch has that many times as many steps. Default 1. */
  readonly updatesPerBatch?: number;
  /** When it is looked whether the model does no better than a constant prediction, and what to do about it. */
  readonly stuck: StuckSettings;
  /**
   * The inputs to train on, as plain arrays; absent: the examples as they are. It leaves the examples alone.
   * @param examples what the split gave
   * @param batch whose they are, and the stream of the step
   */
  inputs?(examples: Examples, batch: BatchPlace): Float32Array;
  /** Begins a run; absent: the gradients of the task's loss, and nothing to remember. */
  open?(opening: RunOpening): MethodRun;
}

/** When a run is looked at for being stuck. */
export interface StuckSettings {
  /** Whether to look after this many steps. */
  isDue(step: number, plan: TrainingPlan): boolean;
  /** What to try, the last sentence of the warning. */
  readonly advice: string;
}

/** Which examples a step trains on. */
export interface BatchPlace {
  /** The model that is trained. */
  readonly model: Model;
  /** The stream of the step. */
  readonly rng: Rng;
  /** Index of each example in its split. */
  readonly sampleIndices: ArrayLike<number>;
}

/** What a method gets to know of a run that begins. */
export interface RunOpening {
  readonly task: TrainingTask;
  readonly context: RunContext;
  readonly plan: TrainingPlan;
  /** What is trained on. */
  readonly data: Selection;
  /** All variables by their names in checkpoints. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Those that are trained. */
  readonly trainable: readonly Variable[];
}

/** What an evaluation looks at. */
export interface EvaluationSubject {
  readonly split: Split;
  /** Which examples of the split. */
  readonly indices: Int32Array;
  /** How many at a time. */
  readonly batchSize: number;
  /** Steps done. */
  readonly step: number;
}

/** A method at work in one run. */
export interface MethodRun {
  /** The loss of a batch and its gradients; the caller owns them. */
  gradients(input: LossInput, batch: BatchFacts): Promise<LossGradients>;
  /** Further metrics beside accuracy and cross-entropy. */
  evaluate?(subject: EvaluationSubject): Promise<Readonly<Record<string, number>>>;
  /** Hears what an evaluation found and whether the weights are the best so far; gives warnings. */
  evaluated?(metrics: Readonly<Record<string, number>>, isBest: boolean): Promise<readonly TrainingWarning[]>;
  /** Called when no step is left, after the last checkpoint; not when the run was aborted. */
  end?(): void;
  /** What a checkpoint holds of the method, by name. */
  capture?(): Promise<Readonly<Record<string, StateArray>>>;
  /** Takes in what `capture` gave. @throws DataError or ShapeError, with nothing changed, if it is of something else */
  restore?(arrays: Readonly<Record<string, StateArray>>): void;
  /** Frees what the method holds. */
  dispose?(): void;
}

/** What the loop knows of a step. */
export interface BatchFacts {
  /** Which update of this batch it is, from 0 on. */
  readonly replay: number;
  /** Whether the loss and its parts are read after this step. */
  readonly isLogged: boolean;
}
