import { componentOption, factory, perSampleNumbers } from '@equipoise/kit';
import {
  type Attack,
  type AttackProblem,
  type AttackSupport,
  type AttackThreat,
  defineComponent,
  InvalidOptionsError,
  UnsupportedError,
} from '@equipoise/spec';
import * as z from 'zod';
import { bestOf } from './best-of.js';

const schema = z.strictObject({
  attacks: z
    .array(componentOption('attack', 'pgd'))
    .min(1)
    .describe('The attacks, in the order in which they run; cheap ones first spare the others work.'),
});

/**
 * The worst of several attacks for each sample.
 *
 * - attacks that keep within a radius: the first success; each attack only sees the samples that those before it left; where all fail, the outcome of the
 *   highest objective (cross-entropy, if the problem brings none). Their norms may differ, if the problem then names no radius.
 * - attacks that look for the nearest success, all in one norm: the nearest success; samples at distance zero leave
 * - both, in one norm: as with radii; the successes of the searches count within the largest radius of the others
 */
export const worstOfComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'worst-of',
  description: 'The worst of several attacks for each sample',
  options: schema,
  references: { attacks: 'attack' },
  create: ({ attacks }): Attack => {
    const threat = commonThreat(attacks);
    const nearest = threat !== undefined && threat.eps === undefined ? threat.norm : undefined;
    return {
      supports: commonSupport(attacks),
      ...(threat ? { threat } : {}),
      doPerturb: (problem, context) => {
        requireNorm(problem, threat);
        const runs = attacks.map((attack, index) => ({ attack: within(attack, threat), stream: index }));
        return bestOf(problem, runs, context, nearest);
      },
    };
  },
});

/** Options of {@link worstOf}. */
export type WorstOfOptions = z.input<typeof schema>;

/** Makes the worst of several attacks; see {@link worstOfComponent}. */
export const worstOf = factory(worstOfComponent);

const isSearch = ({ threat }: Attack) => threat !== undefined && threat.eps === undefined;

function commonThreat(attacks: readonly Attack[]): AttackThreat | undefined {
  const norms = [...new Set(attacks.map(({ threat }) => threat?.norm))];
  const [norm] = norms;
  if (norms.length === 1 && norm !== undefined) {
    const radii = attacks.flatMap(({ threat }) => (threat?.eps === undefined ? [] : [threat.eps]));
    return radii.length === 0 ? { norm } : { norm, eps: radii.reduce(largest) };
  }
  const search = attacks.findIndex(isSearch);
  if (search === -1) return undefined;
  const message = `an attack that looks for the nearest success measures in ${attacks[search]?.threat?.norm}; expected all attacks to do so, got ${norms.map(String).join(', ')}`;
  throw new InvalidOptionsError('attack "worst-of"', [{ path: ['attacks', search], message }]);
}

type Radius = NonNullable<AttackThreat['eps']>;

function largest(a: Radius, b: Radius): Radius {
  if (typeof a === 'number' && typeof b === 'number') return Math.max(a, b);
  const size = (typeof a === 'number' ? b : a) as readonly number[];
  const others = perSampleNumbers(b, size.length, 'eps');
  return perSampleNumbers(a, size.length, 'eps').map((one, row) => Math.max(one, others[row] as number));
}

function commonSupport(attacks: readonly Attack[]): AttackSupport {
  const all = attacks.map(({ supports }) => supports);
  return {
    norms: [...new Set(all.flatMap(({ norms }) => norms))],
    targeted: all.every(({ targeted }) => targeted),
    gradients: all.some(({ gradients }) => gradients),
    stochastic: all.some(({ stochastic }) => stochastic),
    minimumClasses: Math.max(...all.map(({ minimumClasses = 2 }) => minimumClasses)),
    objective: all.every(({ objective = true }) => objective),
  };
}

function requireNorm({ eps }: AttackProblem, threat: AttackThreat | undefined): void {
  if (eps === undefined || threat) return;
  throw new UnsupportedError('A problem with a radius', 'attacks that measure in one norm', 'this "worst-of"');
}

/** A search counts its successes within the radius of the attacks beside it. */
function within(attack: Attack, threat: AttackThreat | undefined): Attack {
  const { eps } = threat ?? {};
  if (eps === undefined || !isSearch(attack)) return attack;
  return { ...attack, doPerturb: (problem, context) => attack.doPerturb({ eps, ...problem }, context) };
}
