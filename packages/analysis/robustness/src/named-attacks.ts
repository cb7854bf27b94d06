import { type Attack, type Distance, InvalidOptionsError, type Model, UnsupportedError } from '@equipoise/spec';
import { distances, type ResolvedRobustnessOptions } from './options.js';

/** An attack with what the evaluation has to know about it. */
export interface NamedAttack {
  /** Its name in tables. */
  readonly name: string;
  /** The attack. */
  readonly attack: Attack;
  /** How its distances are measured. */
  readonly norm: Distance;
  /** It keeps within a radius and is run once for each; else it looks for the nearest success and is run once. */
  readonly hasRadius: boolean;
  /** The radii at which robust accuracy is told, ascending, above zero. */
  readonly radii: readonly number[];
}

/**
 * The attacks of the options, with the radii at which each counts.
 *
 * @throws InvalidOptionsError if there is no radius for the norm of an attack
 */
export function nameAttacks({ attacks, eps }: Pick<ResolvedRobustnessOptions, 'attacks' | 'eps'>): NamedAttack[] {
  const entries: readonly (readonly [string, Attack])[] = Array.isArray(attacks)
    ? attacks.map((attack: Attack, index) => [`attack-${index + 1}`, attack])
    : Object.entries(attacks);
  const named = entries.map(([name, attack]) => ({
    name,
    attack,
    norm: attack.threat?.norm ?? attack.supports.norms[0] ?? 'linf',
    hasRadius: attack.threat?.eps !== undefined,
  }));
  return named.map((one) => ({ ...one, radii: radiiOf(one, eps ?? ownRadii(named)) }));
}

type Radii = NonNullable<ResolvedRobustnessOptions['eps']>;

function ownRadii(named: readonly Pick<NamedAttack, 'attack' | 'norm'>[]): Radii {
  const own = (norm: Distance) =>
    named.filter((one) => one.norm === norm).flatMap(({ attack }) => attack.threat?.eps ?? []);
  return Object.fromEntries(distances.map((norm) => [norm, own(norm)]));
}

function radiiOf({ name, norm }: Pick<NamedAttack, 'name' | 'norm'>, eps: Radii): number[] {
  const given = typeof eps === 'number' ? [eps] : Array.isArray(eps) ? eps : (eps[norm] ?? []);
  const radii = [...new Set(given)].filter((radius) => radius > 0).sort((a, b) => a - b);
  if (radii.length > 0) return radii;
  const message = `expected at least one radius above 0 for ${norm}, the norm of the attack "${name}"`;
  throw new InvalidOptionsError('analysis "robustness"', [{ path: ['eps'], message }]);
}

/**
 * Looks whether the attacks can work on the model, before anything runs.
 *
 * @throws UnsupportedError that names the attack and what it lacks
 */
export function checkAttacks(attacks: readonly NamedAttack[], model: Model, subject: string): void {
  for (const { name, attack } of attacks) {
    const { gradients, minimumClasses = 2 } = attack.supports;
    const missing = (what: string) => new UnsupportedError(`Attack "${name}"`, what, `model "${subject}"`);
    if (gradients && !model.supports.gradients) throw missing('gradients with respect to the input');
    if ((model.classes ?? Infinity) < minimumClasses) throw missing(`${minimumClasses} classes`);
  }
}
