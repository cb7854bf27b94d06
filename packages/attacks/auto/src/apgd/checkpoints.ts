/**
 * When Auto-PGD looks back: after 0.22 of the steps, then after gaps that shrink by 0.03 down to 0.06 of them (Croce and Hein 2020,
 * section 3.1; truncated as in the authors' code).
 *
 * @param steps number of steps
 * @returns the number of steps since the last look, by the step after which it happens
 */
export function checkpoints(steps: number): ReadonlyMap<number, number> {
  const share = (fraction: number) => Math.max(Math.trunc(fraction * steps), 1);
  const gaps = new Map<number, number>();
  let gap = share(0.22);
  for (let step = gap; step <= steps; step += gap) {
    gaps.set(step, gap);
    gap = Math.max(gap - share(0.03), share(0.06));
  }
  return gaps;
}

/** A part of an l1 attack, in a ball of `factor` times the radius. */
export interface Phase {
  /** Radius of this part, as a multiple of the attack's own. */
  readonly factor: number;
  /** Number of steps. */
  readonly steps: number;
  /** The step at which it begins. */
  readonly start: number;
}

/**
 * The parts of an l1 attack: three tenths of the steps each in balls of three and two times the radius, the rest in the ball itself (Croce
 * and Hein 2021, section 4.2, "multi-ε"). Going to the next ball is a move too, so parts are one step longer than their steps.
 *
 * @param steps number of gradient steps
 */
export function shrinkingPhases(steps: number): readonly Phase[] {
  const third = Math.ceil(0.3 * steps);
  if (steps < 2) return [{ factor: 1, steps, start: 0 }];
  return [
    { factor: 3, steps: third, start: 0 },
    { factor: 2, steps: third, start: third + 1 },
    { factor: 1, steps: steps - 2 * third, start: 2 * (third + 1) },
  ];
}
