/**
 * Makes a function that lets everything else have its turn (timers, messages, Ctrl-C) if it has been a while.
 *
 * Backends that compute synchronously never leave the event loop otherwise.
 *
 * @param interval milliseconds between turns
 */
export function createPause(interval = 50): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < interval) return;
    await new Promise<void>((resolve) => setTimeout(resolve));
    last = performance.now();
  };
}
