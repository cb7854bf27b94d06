import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';

/** Whose inputs are being looked at. */
export interface Place {
  /** The row that each input has in the caller's batch, int32; several copies of a sample share their row. */
  readonly rows: Tensor1D;
  /** A number for each input that names its random stream: it depends on the sample's index and copy, not on the batch. */
  readonly streams: readonly number[];
  /** Number of moves made so far. */
  readonly step: number;
}

/** What one forward pass says about a batch. */
export interface Look {
  /** What is maximised, one value a sample. */
  readonly values: Tensor1D;
  /** Whether the criterion is met, bool. */
  readonly success: Tensor1D;
}

/** What a forward and a backward pass say; rules may read further tensors that their own evaluator adds. */
export interface Slope extends Look {
  /** The gradient of each sample's value, of the shape of the inputs. */
  readonly gradients: Tensor;
}

/** Where values, verdicts and gradients come from. */
export interface Evaluator {
  /** A forward pass. */
  look(x: Tensor, place: Place): Look;
  /** A forward pass and a backward pass to the input. */
  slope(x: Tensor, place: Place): Slope;
}

/** What a rule remembers: tensors with one entry a sample along the first axis, so that samples can leave. */
export type SampleState = Readonly<Record<string, Tensor>>;

/** Where the inputs are and what was seen there. */
export interface Point extends Place {
  /** The inputs. */
  readonly x: Tensor;
  /** Where they came from, which the region is around. */
  readonly original: Tensor;
  /** What was seen at `x`; `gradients` are there if the rule asks for them. */
  readonly seen: Look & { readonly gradients?: Tensor };
  /** Number of moves that there will be. */
  readonly steps: number;
}

/** Where the inputs go next. */
export interface Move<State extends SampleState> {
  /** The new inputs, inside the region. */
  readonly x: Tensor;
  /** What the rule remembers from now on. */
  readonly state: State;
}

/** How inputs move: one step of the loop. It makes its tensors inside a tidy of its own and frees none of its arguments. */
export interface StepRule<State extends SampleState = SampleState> {
  /** Whether it reads `seen.gradients`. */
  readonly gradients: boolean;
  /** What it remembers before the first step. */
  init(start: Tensor, original: Tensor, place: Place): State;
  /** One step. */
  next(point: Point, state: State, evaluator: Evaluator): Move<State> | Promise<Move<State>>;
  /** Samples that need no further move, bool; one that is named once is named ever after. Absent: none. */
  isIdle?(point: Point, state: State): Tensor1D;
}

/** Keeps the nearest success. */
export interface KeepNearest {
  /** The distance of each input from its original, `[batch]`. */
  readonly nearest: (x: Tensor, original: Tensor, place: Place) => Tensor1D;
}

/**
 * Which of a sample's iterates is given back.
 *
 * - `last`: where it ended
 * - `value`: where the objective was largest
 * - `success`: of those that met the criterion, else of all, the one with the largest objective
 * - `nearest`: of those that met the criterion the one of the smallest distance, else as `success`
 */
export type Keep = 'last' | 'value' | 'success' | KeepNearest;
