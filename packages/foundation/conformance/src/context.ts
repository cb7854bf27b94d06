import { createRng } from '@equipoise/kit';
import type { RunContext, RunEvent } from '@equipoise/spec';

/** A context whose events are kept, for checks. */
export function checkContext(seed = 1, signal?: AbortSignal): RunContext & { readonly events: RunEvent[] } {
  const events: RunEvent[] = [];
  return {
    rng: createRng(seed),
    report: (event) => void events.push(event),
    events,
    ...(signal === undefined ? {} : { signal }),
  };
}

/** Makes the thing under test; called anew for every check, so that none sees what another left. */
export type Make<T> = (context?: RunContext) => T | Promise<T>;
