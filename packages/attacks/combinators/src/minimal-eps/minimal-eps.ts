import { lengthSchema } from '@equipoise/ascent';
import { componentOption, factory, perSampleNumbers } from '@equipoise/kit';
import {
  type Attack,
  type AttackProblem,
  type AttackThreat,
  defineComponent,
  type Norm,
  UnsupportedError,
} from '@equipoise/spec';
import * as z from 'zod';
import type { BracketOptions } from './bracket.js';
import { searchRadius } from './search-radius.js';

const schema = z
  .strictObject({
    attack: componentOption('attack', 'pgd').describe('An attack that keeps within a radius.'),
    first: lengthSchema
      .optional()
      .describe('First radius that is tried, in units of the input; absent: that of the attack.'),
    maximum: lengthSchema
      .optional()
      .describe(
        'Largest radius that is tried, in units of the input; absent: from one corner of the box to the other.',
      ),
    tolerance: z
      .number()
      .positive()
      .default(0.01)
      .describe('Share by which the radius that succeeds may lie above one that fails.'),
  })
  .refine(({ first = 0, maximum = Infinity }) => first <= maximum, {
    path: ['maximum'],
    error: 'Expected at least as much as first.',
  });

/** Radii below this share of the largest are not told from zero. */
const SMALLEST_SHARE = 1e-6;

/**
 * The smallest radius at which an attack succeeds, for each sample: doubled until there is a success, halved until there is a failure, then between the two in
 * the geometric middle. Makes a search for the nearest adversarial example of any attack that keeps within a radius; it is as good as that attack is at each radius.
 *
 * A radius of the problem is the largest that is tried. A sample that meets the criterion as it is comes back as it is, and so does one that withstands
 * the largest radius, with `success` false. Samples leave when they are known; each round has a random stream of its own.
 *
 * @throws UnsupportedError for an attack without a radius, and for one that measures the total variation
 */
export const minimalEpsComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'minimal-eps',
  description: 'The smallest radius at which an attack succeeds, by search',
  options: schema,
  references: { attack: 'attack' },
  create: ({ attack, first, maximum, tolerance }): Attack => {
    const { norm, eps } = radiusOf(attack);
    return {
      supports: attack.supports,
      threat: { norm },
      doPerturb: (problem, context) => {
        const options = bracketOptions(problem, norm, first ?? eps, maximum ?? diameter(problem, norm));
        return searchRadius(problem, context, { attack, norm, options: options.map((one) => ({ ...one, tolerance })) });
      },
    };
  },
});

/** Options of {@link minimalEps}. */
export type MinimalEpsOptions = z.input<typeof schema>;

/** Makes a search for the smallest radius; see {@link minimalEpsComponent}. */
export const minimalEps = factory(minimalEpsComponent);

function radiusOf({ threat }: Attack): { norm: Norm | 'l0'; eps: NonNullable<AttackThreat['eps']> } {
  if (threat?.eps === undefined) {
    throw new UnsupportedError('attack "minimal-eps"', 'a radius to vary (threat.eps)', 'the attack in it');
  }
  const { norm, eps } = threat;
  if (norm === 'total-variation') {
    throw new UnsupportedError('attack "minimal-eps"', 'linf, l2, l1 or l0', 'the attack in it');
  }
  return { norm, eps };
}

function bracketOptions(
  { x, eps: ofProblem }: AttackProblem,
  norm: Norm | 'l0',
  first: number | readonly number[],
  maximum: number,
): Omit<BracketOptions, 'tolerance'>[] {
  const batch = x.shape[0] ?? 0;
  const begins = perSampleNumbers(first, batch, 'eps');
  return perSampleNumbers(ofProblem ?? maximum, batch, 'eps').map((most, row) => {
    const smallest = norm === 'l0' ? 1 : most * SMALLEST_SHARE;
    return { maximum: most, smallest, first: Math.min(Math.max(begins[row] as number, smallest), most) };
  });
}

/** The distance from one corner of the box to the other. */
function diameter({ x, model }: AttackProblem, norm: Norm | 'l0'): number {
  const [low, high] = model.bounds;
  const values = x.size / (x.shape[0] ?? 1);
  const side = high - low;
  return { linf: side, l2: side * Math.sqrt(values), l1: side * values, l0: values }[norm];
}
