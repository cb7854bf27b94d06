import { EquipoiseError, type ErrorDetails } from '@equipoise/spec';

/** One check, as data: it can be run by any test runner, by the command line or in a page. */
export interface Check {
  /** Stable name, such as `loss/no-leak`. */
  readonly id: string;
  /** What must hold, as a sentence. */
  readonly title: string;
  /** Throws a {@link ConformanceError} unless it holds. */
  run(): Promise<void>;
}

/** Thrown by a check that does not hold; `details.checkId` names it. */
export class ConformanceError extends EquipoiseError {
  /**
   * @param checkId the check
   * @param message what was seen and what must hold
   * @param details the same for programs
   * @param cause the error that the component threw, if it did
   */
  constructor(checkId: string, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super('EQUIPOISE_CONFORMANCE', `${checkId}: ${message}`, {
      details: { checkId, ...details },
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** Fails the check that runs unless a condition holds. */
export type Expect = (condition: boolean, message: string, details?: ErrorDetails) => void;

/** Makes a check; whatever `body` throws becomes a {@link ConformanceError} that names it. */
export function defineCheck(id: string, title: string, body: (expect: Expect) => void | Promise<void>): Check {
  const expect: Expect = (condition, message, details) => {
    if (!condition) throw new ConformanceError(id, message, details);
  };
  const run = async () => {
    try {
      await body(expect);
    } catch (error) {
      if (EquipoiseError.isInstance(error, 'EQUIPOISE_CONFORMANCE')) throw error;
      throw new ConformanceError(
        id,
        `the component threw: ${error instanceof Error ? error.message : String(error)}`,
        {},
        error,
      );
    }
  };
  return Object.freeze({ id, title, run });
}

/** Anything with a function `test(title, body)`: vitest, node:test, jest. */
export interface TestRunner {
  /** Registers a test that fails if the promise is rejected. */
  test(title: string, body: () => Promise<void>): unknown;
}

/** Registers every check as a test of a runner. */
export function registerChecks({ test }: TestRunner, checks: readonly Check[]): void {
  for (const { id, title, run } of checks) test(`${id}: ${title}`, run);
}

/** What became of a check. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly passed: boolean;
  /** What was seen, where the check failed. */
  readonly message?: string;
}

/** Runs checks one after the other, without a test runner. */
export async function runChecks(checks: readonly Check[]): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { id, title, run } of checks) {
    try {
      await run();
      results.push({ id, title, passed: true });
    } catch (error) {
      results.push({ id, title, passed: false, message: (error as Error).message });
    }
  }
  return results;
}
