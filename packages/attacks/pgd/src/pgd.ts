import { factory } from '@equipoise/kit';
import { type Attack, defineComponent } from '@equipoise/spec';
import type * as z from 'zod';
import { schema } from './options.js';
import { perturb } from './perturb.js';

/**
 * Projected gradient ascent in a ball, `x ← P(x + stepSize · d)`, with d the direction of steepest ascent in the norm (Madry et al. 2018),
 * optionally of accumulated gradients (Dong et al. 2018), in random restarts, averaged over transformations (Athalye et al. 2018, 4), or with
 * the gradients of a substitute (4.1).
 *
 * Departures, each of which makes it stronger or comparable: the random start is uniform in the ball; the best iterate is kept instead of
 * the last, the point after the last step included; restarts are compared sample by sample; gradients are of sums, so a sample's way
 * does not depend on its batch.
 */
export const pgdComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'pgd',
  description: 'Projected gradient descent in an linf, l2 or l1 ball',
  options: schema,
  example: { eps: '8/255' },
  references: { surrogate: 'model' },
  create: (settings): Attack => {
    const { norm, eps, randomStart, expectation } = settings;
    return {
      supports: {
        norms: [norm],
        targeted: true,
        gradients: true,
        stochastic: randomStart || expectation !== undefined,
      },
      threat: { norm, eps },
      doPerturb: (problem, context) => perturb(settings, problem, context),
    };
  },
});

/** Options of {@link pgd}. */
export type PgdOptions = z.input<typeof schema>;

/** Makes a PGD attack; see {@link pgdComponent}. */
export const pgd = factory(pgdComponent);
