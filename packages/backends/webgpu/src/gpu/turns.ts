/** How many turns follow one another without a pause: most waits end within them. */
const hastyTurns = 20;
const pauseMilliseconds = 0.1;

/**
 * Waits for Dawn without giving way to other code: Dawn asks Node (`setImmediate`) to look after its pending work again and again, and
 * this class remembers what it asks for, so as to do it at once where a result is needed now.
 */
export class Turns {
  private turn: (() => void) | undefined;

  /** Runs something that may start work in Dawn. */
  during<T>(run: () => T): T {
    return this.watching(run, true);
  }

  /** Looks after Dawn's work until something holds; does nothing where Dawn never asked for that. */
  waitUntil(holds: () => boolean): void {
    const clock = new Int32Array(new SharedArrayBuffer(4));
    for (let count = 0; this.turn !== undefined && !holds(); count++) {
      // Dawn's first request waits in Node's queue already; each further one would stay there as long as this waits.
      this.watching(this.turn, false);
      if (count >= hastyTurns) Atomics.wait(clock, 0, 0, pauseMilliseconds);
    }
  }

  private watching<T>(run: () => T, isPassedOn: boolean): T {
    const original = globalThis.setImmediate;
    const remember = (callback: () => void, ...parameters: []) => {
      this.turn = callback;
      return isPassedOn ? original(callback, ...parameters) : undefined;
    };
    globalThis.setImmediate = Object.assign(remember, original) as typeof setImmediate;
    try {
      return run();
    } finally {
      globalThis.setImmediate = original;
    }
  }
}
