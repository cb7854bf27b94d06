import { factory } from '@equipoise/kit';
import { type Attack, defineComponent } from '@equipoise/spec';
import type * as z from 'zod';
import { schema } from './options.js';
import { perturb } from './perturb.js';

/**
 * The proximal log-barrier attack: of the points that fool the model, the nearest (Pooladian, Finlay, Hoheisel and Oberman 2020).
 *
 * It minimises `m(u − x) − λ log F(u)` with F the gap `max_{i≠y} zᵢ(u) − z_y(u)`, by a gradient step on the barrier, the proximal
 * operator of m, the box, and a line search that keeps u misclassified; λ falls. m is the linf, l2 or l1 norm, the number of
 * entries that differ (l0) or the anisotropic total variation of the difference. The nearest iterate comes back, the start
 * included. A sample that is misclassified already stays where it is.
 *
 * The defaults are the paper's and its repository's, γ too (the paper leaves it out; the LogBarrier paper before has 0.5). Departures
 * from the repository: the proximal operators are exact; the line search ends after `maxBacktracks`; noise grows by 6 % instead of 1 %
 * from one attempt to the next, and random coarse pictures take the place of another sample's image, which would make a result depend on
 * its batch (give `start` for that).
 */
export const plbComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'plb',
  description: 'Proximal log-barrier: the nearest adversarial example in linf, l2, l1, l0 or total variation',
  options: schema,
  create: (settings): Attack => ({
    supports: { norms: [settings.norm], targeted: true, gradients: true, stochastic: true },
    threat: { norm: settings.norm },
    doPerturb: (problem, context) => perturb(settings, problem, context),
  }),
});

/** Options of {@link plb}. */
export type PlbOptions = z.input<typeof schema>;

/** Makes a proximal log-barrier attack; see {@link plbComponent}. */
export const plb = factory(plbComponent);
