import { createRng } from '@equipoise/kit';
import type { PartialStorage, RunContext, RunEvent } from '@equipoise/spec';

/** What a context is made from. */
export interface ContextOptions {
  /** Seed of all randomness; default 0. */
  readonly seed?: number | string;
  /** Aborted when the run shall stop at the next safe point. */
  readonly signal?: AbortSignal | undefined;
  /** Where partial results are kept; see `createPartialStorage`. Default nowhere. */
  readonly storage?: PartialStorage | undefined;
  /** Who hears what components tell; default nobody. */
  readonly report?: ((event: RunEvent) => void) | undefined;
}

/**
 * Makes the context that every component gets: its randomness, the wish to stop, and an ear.
 *
 * The same seed gives the same stream everywhere.
 *
 * @throws InvalidOptionsError if the seed is neither a finite number nor a string
 */
export function createContext(options: ContextOptions = {}): RunContext {
  const { seed = 0, signal, storage, report = () => undefined } = options;
  return Object.freeze({
    rng: createRng(seed),
    report,
    ...(signal === undefined ? {} : { signal }),
    ...(storage === undefined ? {} : { storage }),
  });
}
