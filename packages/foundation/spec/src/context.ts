import type { Rng } from './rng.js';
import type { TrainingEvent } from './trainer.js';

/** Something to tell whoever watches a run. */
export type RunEvent =
  | { readonly type: 'progress'; readonly label: string; readonly done: number; readonly total: number }
  | { readonly type: 'warning'; readonly code: string; readonly message: string; readonly details?: object }
  | { readonly type: 'training'; readonly event: TrainingEvent };

/** What a run hands to every component: randomness, the wish to stop, and an ear. */
export interface RunContext {
  /** The only source of randomness. */
  readonly rng: Rng;
  /** Aborted when the run shall stop at the next safe point. */
  readonly signal?: AbortSignal;
  /** Tells an event to whoever watches. */
  report(event: RunEvent): void;
}
