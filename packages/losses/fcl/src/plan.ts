import type { FclSettings } from './options.js';

/** Which parts of the loss a step needs. */
export interface StepPlan {
  /** The low-utility view. */
  readonly low: boolean;
  /** The high-utility view. */
  readonly high: boolean;
  /** The relation term. */
  readonly relation: boolean;
}

const nothing: StepPlan = { low: false, high: false, relation: false };

/** What a step needs: nothing but the clean batch during the warm-up, and no view that has no weight. */
export function stepPlan(settings: FclSettings, step: number, steps: number): StepPlan {
  if (step < warmUpSteps(settings, steps)) return nothing;
  const relation = settings.relation !== 'none' && settings.relationWeight > 0;
  return {
    relation,
    low: relation || settings.lowViewWeight > 0,
    high: (relation && settings.relation !== 'pull') || settings.highViewWeight > 0,
  };
}

/** How many steps of plain cross-entropy come first. */
export function warmUpSteps(settings: FclSettings, steps: number): number {
  return settings.warmUpSteps ?? Math.round(settings.warmUpFraction * steps);
}
