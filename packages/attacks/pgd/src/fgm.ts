import { ballNorms, epsOption, normOption, objectiveOption } from '@equipoise/ascent';
import { factory } from '@equipoise/kit';
import { type Attack, defineComponent } from '@equipoise/spec';
import * as z from 'zod';
import { schema as pgdSchema } from './options.js';
import { perturb } from './perturb.js';

const schema = z.strictObject({
  norm: normOption(ballNorms),
  eps: epsOption,
  objective: objectiveOption.default('cross-entropy'),
});

/**
 * One gradient step from the input to the sphere, `clip(x + eps · d)`: FGSM (Goodfellow et al. 2015, section 4) for linf, the fast gradient
 * method for l2 (g/|g|₂) and l1 (g/|g|₁).
 */
export const fgmComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'fgm',
  description: 'The fast gradient method: one step to the sphere; FGSM for linf',
  options: schema,
  example: { eps: '8/255' },
  create: ({ norm, eps, objective }): Attack => ({
    supports: { norms: [norm], targeted: true, gradients: true, stochastic: false },
    threat: { norm, eps },
    doPerturb: (problem, context) => {
      const radius = problem.eps ?? eps;
      const single = { norm, eps: radius, objective, steps: 1, randomStart: false, keep: 'last' } as const;
      const settings = pgdSchema.parse({ ...single, projection: 'ball-then-box' });
      return perturb(settings, { ...problem, eps: radius }, context, radius);
    },
  }),
});

/** Options of {@link fgm}. */
export type FgmOptions = z.input<typeof schema>;

/** Makes a one-step attack; see {@link fgmComponent}. */
export const fgm = factory(fgmComponent);

/** FGSM is {@link fgm} in linf, its default. */
export const fgsm = (...given: Parameters<typeof fgm>) => fgm(...given);
