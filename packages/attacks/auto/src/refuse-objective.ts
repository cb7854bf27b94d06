import { type AttackProblem, UnsupportedError } from '@equipoise/spec';

/**
 * Ends an attack that has an objective of its own.
 * @param problem what is attacked
 * @param what the attack, as it begins a sentence
 * @throws UnsupportedError if the problem brings an objective
 */
export function refuseObjective(problem: AttackProblem, what: string): void {
  if (!problem.objective) return;
  throw new UnsupportedError('A problem with an objective', 'objectives other than its own', what);
}
