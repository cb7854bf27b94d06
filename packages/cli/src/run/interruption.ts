import { exitCodes } from '../failure.js';

/**
 * Turns Ctrl-C (and a request to terminate) into a signal: the first asks the run to stop at its next safe point, the
 * second ends the process at once.
 *
 * @param onFirst is called at the first one
 */
export function interruption(onFirst: () => void): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    onFirst();
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const release = () => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  };
  return { signal: controller.signal, release };
}
