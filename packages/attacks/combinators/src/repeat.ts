import { componentOption, factory } from '@equipoise/kit';
import { type Attack, defineComponent, UnsupportedError } from '@equipoise/spec';
import * as z from 'zod';
import { bestOf } from './best-of.js';

const schema = z.strictObject({
  attack: componentOption('attack', 'pgd').describe('The attack, whose outcome depends on its random stream.'),
  times: z.int().min(1).default(5).describe('Number of runs.'),
});

/**
 * The best of several runs of one attack for each sample, each with a random stream of its own. An attack within a radius is run again for the samples that are
 * left, an attack that looks for the nearest success for all, of which the nearest is kept; see `worst-of`.
 *
 * @throws UnsupportedError for an attack that gives the same each time
 */
export const repeatComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'repeat',
  description: 'The best of several runs of an attack for each sample',
  options: schema,
  references: { attack: 'attack' },
  create: ({ attack, times }): Attack => {
    const { supports, threat } = attack;
    if (!supports.stochastic) {
      throw new UnsupportedError(
        'attack "repeat"',
        'an outcome that differs from run to run',
        'the attack in it (it is not random)',
      );
    }
    const nearest = threat !== undefined && threat.eps === undefined ? threat.norm : undefined;
    const runs = Array.from({ length: times }, (_, run) => ({ attack, stream: run }));
    return {
      supports,
      ...(threat ? { threat } : {}),
      doPerturb: (problem, context) => bestOf(problem, runs, context, nearest),
    };
  },
});

/** Options of {@link repeat}. */
export type RepeatOptions = z.input<typeof schema>;

/** Makes a repeated attack; see {@link repeatComponent}. */
export const repeat = factory(repeatComponent);
