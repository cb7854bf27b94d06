import { logitObjectives, logitOf, type LogitObjective } from '@equipoise/ascent';
import { factory } from '@equipoise/kit';
import { type Attack, type AttackProblem, defineComponent, type RunContext, UnsupportedError } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { inTurn, type Stage } from '../cascade/in-turn.js';
import { apgdOptions, targetClassesOption } from '../options.js';
import { refuseObjective } from '../refuse-objective.js';
import { classesOf, withAims } from '../strongest-others.js';
import { runApgd } from './run-apgd.js';

const objectives = {
  'difference-of-logits-ratio': logitObjectives['difference-of-logits-ratio'],
  'logit-difference': (logits, labels, targets = labels) => tf.sub(logitOf(logits, targets), logitOf(logits, labels)),
} as const satisfies Record<string, LogitObjective>;

const schema = z
  .strictObject({
    ...apgdOptions,
    targetClasses: targetClassesOption,
    objective: z
      .enum(['difference-of-logits-ratio', 'logit-difference'])
      .default('difference-of-logits-ratio')
      .describe(
        'The targeted difference of logits ratio, or its numerator alone, for models with fewer than four classes.',
      ),
  })
  .refine(({ restarts, randomStart }) => restarts === 1 || randomStart, {
    path: ['restarts'],
    error: 'Restarts differ only by their random start; expected randomStart: true, or restarts: 1.',
  });

type Settings = z.output<typeof schema>;

const WHAT = 'Targeted Auto-PGD';

/**
 * Auto-PGD on the targeted difference of logits ratio (Croce and Hein 2020, equation 7), once for each of the strongest other classes,
 * each run on the samples that are still robust. A success is any wrong class. With targets of the problem only those are aimed at.
 *
 * Samples that are wrong already, and those that stay robust, come back as they were.
 */
export const apgdTargetedComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'apgd-targeted',
  description: 'Auto-PGD on the targeted difference of logits ratio, for the strongest other classes in turn',
  options: schema,
  create: (settings): Attack => ({
    supports: {
      norms: [settings.norm],
      targeted: true,
      gradients: true,
      stochastic: settings.randomStart || settings.expectationSamples > 1,
      objective: false,
      ...(settings.objective === 'difference-of-logits-ratio' ? { minimumClasses: 4 } : {}),
    },
    threat: { norm: settings.norm, eps: settings.eps },
    doPerturb: (problem, context) => perturb(settings, problem, context),
  }),
});

/** Options of {@link apgdTargeted}. */
export type ApgdTargetedOptions = z.input<typeof schema>;

/** Makes a targeted Auto-PGD attack; see {@link apgdTargetedComponent}. */
export const apgdTargeted = factory(apgdTargetedComponent);

async function perturb(settings: Settings, problem: AttackProblem, context: RunContext) {
  const { norm, eps, targetClasses } = settings;
  refuseObjective(problem, WHAT);
  const others = classesOf(problem) - 1;
  if (settings.objective === 'difference-of-logits-ratio' && others < 3) throw tooFewClasses(others + 1);
  const run = { objective: objectives[settings.objective], keep: 'success', earlyStop: true } as const;
  const untargeted: Stage[] = Array.from({ length: Math.min(targetClasses, others) }, (_, rank) => ({
    name: `class ${rank}`,
    run: (part, own) => withAims(part, rank, (aims) => runApgd(settings, part, own, { ...run, aims })),
  }));
  const targeted: Stage[] = [{ name: 'target', run: (part, own) => runApgd(settings, part, own, run) }];
  return inTurn(problem, problem.targets ? targeted : untargeted, context, {
    norm,
    eps: problem.eps ?? eps,
    until: 'success',
  });
}

function tooFewClasses(classes: number): UnsupportedError {
  return new UnsupportedError(
    `${WHAT} on the difference of logits ratio`,
    "4 classes or more (objective: 'logit-difference' takes fewer)",
    `a model with ${classes}`,
  );
}
