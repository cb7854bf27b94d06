/**
 * Waits for Dawn without giving way to other code: Dawn asks Node (`setImmediate`) to look after its pending work again and again, and
 * this class remembers what it asks for, so as to do it at once where a result is needed now.
 */
export class Turns {
  private turn: (() => void) | undefined;

  /** Runs something that may start work in Dawn. */
  during<T>(run: () => T): T {
    const original = globalThis.setImmediate;
    const remember = (callback: () => void, ...parameters: unknown[]) => {
      this.turn = callback;
      return original(callback, ...(parameters as []));
    };
    globalThis.setImmediate = Object.assign(remember, original) as typeof setImmediate;
    try {
      return run();
    } finally {
      globalThis.setImmediate = original;
    }
  }

  /** Looks after Dawn's work until something holds; returns false at once where Dawn never asked for that. */
  waitUntil(holds: () => boolean): boolean {
    const { turn } = this;
    if (turn === undefined) return false;
    while (!holds()) this.during(turn);
    return true;
  }
}
