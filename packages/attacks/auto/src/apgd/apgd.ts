import { logitObjectives, objectiveOption } from '@equipoise/ascent';
import { factory } from '@equipoise/kit';
import { type Attack, defineComponent } from '@equipoise/spec';
import * as z from 'zod';
import { apgdOptions } from '../options.js';
import { runApgd } from './run-apgd.js';

const schema = z
  .strictObject({
    ...apgdOptions,
    objective: objectiveOption.default('cross-entropy'),
    keep: z
      .enum(['success', 'value'])
      .default('success')
      .describe('Which iterate comes back: the best that met the criterion, or the one of the highest objective.'),
    earlyStop: z
      .boolean()
      .default(false)
      .describe('Samples that met the criterion stop; they leave the batch, so that the rest is faster.'),
  })
  .refine(({ restarts, randomStart }) => restarts === 1 || randomStart, {
    path: ['restarts'],
    error: 'Restarts differ only by their random start; expected randomStart: true, or restarts: 1.',
  });

/**
 * Auto-PGD: projected gradient ascent with momentum that finds its step sizes itself, for linf and l2 (Croce and Hein 2020, algorithm 1)
 * and l1 (Croce and Hein 2021, algorithm 1).
 *
 * Departures: random starts are uniform in the ball for linf and l2 (on the sphere in the authors' code); for l1 Gaussian noise is projected,
 * as theirs. The l1 projection is exact in few dimensions too. Restarts run side by side, and the point of the highest
 * objective among the successes is kept, not the last success.
 */
export const apgdComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'apgd',
  description: 'Auto-PGD: projected gradient ascent that finds its step sizes itself, in linf, l2 and l1',
  options: schema,
  create: (settings): Attack => {
    const { norm, eps, randomStart, expectationSamples, objective, keep, earlyStop } = settings;
    return {
      supports: {
        norms: [norm],
        targeted: true,
        gradients: true,
        stochastic: randomStart || expectationSamples > 1,
        ...(objective === 'difference-of-logits-ratio' ? { minimumClasses: 3 } : {}),
      },
      threat: { norm, eps },
      doPerturb: (problem, context) =>
        runApgd(settings, problem, context, { objective: logitObjectives[objective], keep, earlyStop }),
    };
  },
});

/** Options of {@link apgd}. */
export type ApgdOptions = z.input<typeof schema>;

/** Makes an Auto-PGD attack; see {@link apgdComponent}. */
export const apgd = factory(apgdComponent);
