import type { Rng } from './rng.js';
import type { TrainingEvent } from './trainer.js';

/** Something to tell whoever watches a run. */
export type RunEvent =
  | { readonly type: 'progress'; readonly label: string; readonly done: number; readonly total: number }
  | { readonly type: 'warning'; readonly code: string; readonly message: string; readonly details?: object }
  | { readonly type: 'training'; readonly event: TrainingEvent };

/** Where a component keeps what it has finished, so that it is not done again when an interrupted run goes on. */
export interface PartialStorage {
  /** Reads what was saved under a name; `undefined` if nothing was. */
  load(name: string): Promise<unknown>;
  /**
   * Saves JSON under a name, in the place of what was there: afterwards either all of it is there, or all of the old.
   *
   * @param name lower-case words and numbers joined by hyphens
   */
  save(name: string, value: unknown): Promise<void>;
}

/** What a run hands to every component: randomness, the wish to stop, and an ear. */
export interface RunContext {
  /** The only source of randomness. */
  readonly rng: Rng;
  /** Aborted when the run shall stop at the next safe point. */
  readonly signal?: AbortSignal;
  /** Keeps partial results of this component in this run; absent: an interrupted run begins anew. */
  readonly storage?: PartialStorage;
  /** Tells an event to whoever watches. */
  report(event: RunEvent): void;
}
