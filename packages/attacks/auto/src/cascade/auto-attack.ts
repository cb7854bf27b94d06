import { ballNorms, checkMask, epsOption, normOption } from '@equipoise/ascent';
import { componentOption, factory } from '@equipoise/kit';
import { type Attack, type AttackOutcome, type AttackProblem, defineComponent, type RunContext } from '@equipoise/spec';
import * as z from 'zod';
import { refuseObjective } from '../refuse-objective.js';
import { classesOf } from '../strongest-others.js';
import { checkModel, warnOfFewClasses, warnOfSquare } from './checks.js';
import { inTurn, type Stage } from './in-turn.js';
import { lacksClasses, type NamedAttack, stagesOf } from './stages.js';

const schema = z
  .strictObject({
    norm: normOption(ballNorms),
    eps: epsOption,
    version: z
      .enum(['standard', 'plus', 'rand', 'custom'])
      .default('standard')
      .describe('Which attacks: of the paper, with more restarts, for models that are random, or those of `attacks`.'),
    attacks: z.array(componentOption('attack', 'pgd')).min(1).optional().describe("The attacks of version 'custom'."),
    steps: z.int().min(1).default(100).describe('Steps of each run of APGD and FAB; fewer than 100 is not AutoAttack.'),
    queries: z.int().min(1).default(5000).describe('Queries of Square; fewer than 5000 is not AutoAttack.'),
  })
  .refine(({ version, attacks }) => (version === 'custom') === (attacks !== undefined), {
    path: ['attacks'],
    error: "Expected attacks with version: 'custom', and only then.",
  });

type Settings = z.output<typeof schema>;

/**
 * AutoAttack: complementary attacks without parameters, each on the samples that are still robust (Croce and Hein 2020; for l1 2021).
 *
 * - `standard`: Auto-PGD on cross-entropy, targeted Auto-PGD, targeted FAB, Square
 * - `plus`: five restarts of Auto-PGD on cross-entropy and on the difference of logits ratio and of FAB, targeted Auto-PGD and FAB, Square
 * - `rand`: Auto-PGD on both objectives, 20 draws a step
 * - `custom`: attacks of your own; their successes count within the radius
 *
 * Samples that are wrong already, and those that no attack breaks, come back as they were. What casts doubt on the result is reported as
 * a warning: `EQUIPOISE_RANDOM_MODEL`, `EQUIPOISE_PROBABILITIES`, `EQUIPOISE_ZERO_GRADIENTS`, `EQUIPOISE_GRADIENTS_IN_INFERENCE`,
 * `EQUIPOISE_BLACK_BOX_STRONGER`, `EQUIPOISE_TOO_FEW_CLASSES`.
 */
export const autoAttackComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'auto-attack',
  description: 'AutoAttack: Auto-PGD, targeted Auto-PGD, FAB and Square, each on the samples that are still robust',
  options: schema,
  example: { eps: 0.3, steps: 10, queries: 50 },
  references: { attacks: 'attack' },
  create: (settings): Attack => {
    const { norm, eps, attacks } = settings;
    return {
      supports: {
        norms: [norm],
        targeted: attacks?.every(({ supports }) => supports.targeted) ?? true,
        gradients: attacks?.some(({ supports }) => supports.gradients) ?? true,
        stochastic: attacks?.some(({ supports }) => supports.stochastic) ?? true,
        objective: false,
      },
      threat: { norm, eps },
      doPerturb: (problem, context) => perturb(settings, problem, context),
    };
  },
});

/** Options of {@link autoAttack}. */
export type AutoAttackOptions = z.input<typeof schema>;

/** Makes an AutoAttack; see {@link autoAttackComponent}. */
export const autoAttack = factory(autoAttackComponent);

async function perturb(settings: Settings, problem: AttackProblem, context: RunContext): Promise<AttackOutcome> {
  refuseObjective(problem, 'AutoAttack');
  await checkMask(problem.mask);
  const { norm, version } = settings;
  const eps = problem.eps ?? settings.eps;
  await checkModel(problem, context, version === 'rand');
  const attacks = attacksOf(settings, problem, context);
  const stages = attacks.map(({ name, attack }): Stage => ({
    name,
    run: (part, own) => attack.doPerturb(part, own),
  }));
  const count = problem.x.shape[0] ?? 0;
  let usedGradients = false;
  const heard = ({ name }: Stage, { broken }: { readonly broken: number }) => {
    const index = attacks.findIndex((one) => one.name === name);
    const usesGradients = attacks[index]?.attack.supports.gradients ?? false;
    if (usedGradients && !usesGradients) warnOfSquare(broken, count, context);
    usedGradients ||= usesGradients;
    context.report({ type: 'progress', label: `auto-attack: ${name}`, done: index + 1, total: attacks.length });
  };
  return inTurn({ ...problem, eps }, stages, context, { norm, eps, until: 'success', heard });
}

function attacksOf(settings: Settings, problem: AttackProblem, context: RunContext): readonly NamedAttack[] {
  const { version, attacks = [] } = settings;
  if (version === 'custom') return attacks.map((attack, index) => ({ name: `attack ${index + 1}`, attack }));
  const classes = classesOf(problem);
  if (lacksClasses(version, classes)) warnOfFewClasses(classes, context);
  return stagesOf(version, settings, classes);
}
