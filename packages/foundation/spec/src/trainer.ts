import type { RunContext } from './context.js';
import type { Dataset } from './dataset.js';
import type { Loss } from './loss.js';
import type { Model } from './model.js';

/** Arrays by name with shapes: weights, optimizer state, counters; what a checkpoint file holds. */
export interface TrainingState {
  /** Zero-based number of the next step. */
  readonly step: number;
  /** Named arrays: `model.…`, `loss.…`, `optimizer.…`. */
  readonly arrays: Readonly<Record<string, StateArray>>;
  /** Small facts, JSON: early-stopping counters, best metric. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** One array of a training state. */
export interface StateArray {
  /** Shape. */
  readonly shape: readonly number[];
  /** Values, row-major. */
  readonly data: Float32Array | Int32Array;
}

/** What a trainer is asked to do. */
export interface TrainingTask {
  /** The model; its variables are changed in place. */
  readonly model: Model;
  /** The data. */
  readonly dataset: Dataset;
  /** What is minimised. */
  readonly loss: Loss;
  /** Where to go on from, if a run was interrupted. */
  readonly resumeFrom?: TrainingState;
}

/** What a trainer tells while it trains. */
export type TrainingEvent =
  | { readonly type: 'start'; readonly step: number; readonly steps: number; readonly stepsPerEpoch: number }
  | {
      readonly type: 'step';
      readonly step: number;
      readonly steps: number;
      readonly learningRate: number;
      readonly loss: number;
      readonly parts: Readonly<Record<string, number>>;
    }
  | {
      readonly type: 'evaluation';
      readonly step: number;
      readonly epoch: number;
      readonly metrics: Readonly<Record<string, number>>;
    }
  | { readonly type: 'checkpoint'; readonly name: 'last' | 'best'; readonly state: TrainingState }
  | { readonly type: 'warning'; readonly code: string; readonly message: string; readonly details?: object }
  | { readonly type: 'end'; readonly step: number; readonly reason: 'finished' | 'early-stop' | 'aborted' };

/** What a trainer can give to a loss. */
export interface TrainerSupport {
  /** How many views of each example it makes; 1 is the example itself. */
  readonly views: number;
}

/** A way to fit a model. */
export interface Trainer {
  /** What it can give to a loss; absent for one view of each example. */
  readonly supports?: TrainerSupport;
  /** Trains, and tells about it; the model holds the result when the stream ends. */
  doFit(task: TrainingTask, context: RunContext): AsyncIterable<TrainingEvent>;
}
