import { runChecks, type Check } from '../src/index.js';

/** The ids of the checks that fail. */
export async function failing(checks: readonly Check[]): Promise<string[]> {
  return (await runChecks(checks)).filter(({ passed }) => !passed).map(({ id }) => id);
}

/** The ids of all checks, sorted. */
export function idsOf(checks: readonly Check[]): string[] {
  return checks.map(({ id }) => id).sort();
}
