import type { Attack, Norm } from '@equipoise/spec';
import { apgd } from '../apgd/apgd.js';
import { apgdTargeted } from '../apgd/apgd-targeted.js';
import { fab } from '../fab/fab.js';
import { fabTargeted } from '../fab/fab-targeted.js';
import { square } from '../square/square.js';

/** An attack of the cascade. */
export interface NamedAttack {
  /** Its name, in events and for its randomness. */
  readonly name: string;
  /** The attack. */
  readonly attack: Attack;
}

/** What the attacks of the cascade are made from. */
export interface StageSettings {
  /** Norm of the ball. */
  readonly norm: Norm;
  /** Its radius. */
  readonly eps: number | number[];
  /** Steps of each run of APGD and FAB. */
  readonly steps: number;
  /** Queries of Square. */
  readonly queries: number;
}

/** Draws a step for models that are random. */
const DRAWS = 20;
const RESTARTS = 5;

/**
 * The attacks of a version, in order, with the numbers of the authors' code: `standard` (Croce and Hein 2020; for l1 2021), `plus`, `rand`.
 *
 * In `plus` Square comes last instead of fourth, so that its successes say something about all attacks with gradients.
 *
 * @param version which
 * @param settings norm, radius and budgets
 * @param classes number of classes; with fewer than four (three) the targeted (untargeted) difference of logits ratio is replaced
 */
export function stagesOf(
  version: 'standard' | 'plus' | 'rand',
  { norm, eps, steps, queries }: StageSettings,
  classes: number,
): readonly NamedAttack[] {
  const common = { norm, eps, steps };
  const run = { ...common, earlyStop: true };
  const ratio = classes < 3 ? 'margin' : 'difference-of-logits-ratio';
  const targetedRatio = classes < 4 ? 'logit-difference' : 'difference-of-logits-ratio';
  const crossEntropy = (options: { restarts?: number; expectationSamples?: number }): NamedAttack => ({
    name: 'apgd-cross-entropy',
    attack: apgd({ ...run, ...options }),
  });
  const difference = (options: { restarts?: number; expectationSamples?: number }): NamedAttack => ({
    name: 'apgd-difference-of-logits-ratio',
    attack: apgd({ ...run, objective: ratio, ...options }),
  });
  const targeted = (targetClasses: number): NamedAttack => ({
    name: 'apgd-targeted',
    attack: apgdTargeted({ ...common, targetClasses, objective: targetedRatio }),
  });
  const boundary: NamedAttack = { name: 'fab-targeted', attack: fabTargeted(common) };
  const search: NamedAttack = { name: 'square', attack: square({ norm, eps, queries }) };
  const versions = {
    standard: () => [
      crossEntropy({ restarts: norm === 'l1' ? RESTARTS : 1 }),
      targeted(norm === 'l1' ? 5 : 9),
      boundary,
      search,
    ],
    plus: () => [
      crossEntropy({ restarts: RESTARTS }),
      difference({ restarts: RESTARTS }),
      { name: 'fab', attack: fab({ ...common, restarts: RESTARTS }) },
      targeted(9),
      boundary,
      search,
    ],
    rand: () => [crossEntropy({ expectationSamples: DRAWS }), difference({ expectationSamples: DRAWS })],
  };
  return versions[version]();
}

/** Whether a version uses the difference of logits ratio where the model has too few classes for it. */
export function lacksClasses(version: 'standard' | 'plus' | 'rand', classes: number): boolean {
  return classes < (version === 'rand' ? 3 : 4);
}
