import { EquipoiseError } from '@equipoise/spec';
import { expect } from 'vitest';

/** Fails unless a function, or a promise, fails with an error of that code whose message fits. */
export async function expectError(run: () => unknown, code: string, message: RegExp): Promise<void> {
  const thrown: unknown = await Promise.resolve()
    .then(run)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  expect(EquipoiseError.isInstance(thrown, code), `${code}, not ${String(thrown)}`).toBe(true);
  expect((thrown as Error).message).toMatch(message);
}
