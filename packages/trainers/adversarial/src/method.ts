import { createSchedule, reportOnce } from '@equipoise/kit';
import { UnsupportedError } from '@equipoise/spec';
import { lossGradients, type MethodRun, type RunOpening, type TrainingMethod } from '@equipoise/training';
import { attackedSteps } from './attacked-steps.js';
import { bestWeights } from './best-weights.js';
import { freeSteps } from './free-steps.js';
import type { AdversarialSettings } from './options.js';
import { Overfitting } from './overfitting.js';
import { robustEvaluation } from './robust-evaluation.js';
import { joined, type StatePart } from './state-parts.js';

/** The gradients of a step, and what they remember. */
export type Steps = Pick<MethodRun, 'gradients'> & StatePart;

/** What the loop of `@equipoise/training` is told about adversarial training. */
export function methodOf(settings: AdversarialSettings): TrainingMethod {
  const { attack, eps, free } = settings;
  if (eps !== undefined && attack && attack.threat?.eps === undefined) {
    throw new UnsupportedError('Option eps', 'a radius', 'the attack, which looks for the nearest success');
  }
  return {
    name: 'adversarial',
    ...(free && { updatesPerBatch: free.replays }),
    stuck: {
      isDue: (step, { steps, stepsPerEpoch }) =>
        step === stepsPerEpoch || step === Math.ceil(steps / 2) || step === steps,
      advice:
        'Usual in adversarial training: the radius is too large for weights that know nothing. Try a smaller eps, a schedule ' +
        'of eps that begins at 0, a smaller learning rate, or a larger model.',
    },
    open: (opening) => methodRun(settings, opening),
  };
}

/** The radius at each step; `undefined` for the attack's own. */
export type Radius = (step: number, steps: number) => number | undefined;

function methodRun(settings: AdversarialSettings, opening: RunOpening): MethodRun {
  const { context } = opening;
  const report = reportOnce(context.report.bind(context));
  const radius: Radius = settings.eps === undefined ? () => undefined : createSchedule(settings.eps);
  const attack = settings.evaluationAttack ?? settings.attack;
  const overfitting = new Overfitting(opening.task.model.classes, attack?.threat?.eps);
  const steps = stepsOf(settings, opening, { radius, report, overfitting });
  const best = settings.keepBest ? bestWeights(opening.variables) : undefined;
  const parts = { steps, overfitting, ...(best && { best }) };
  return {
    ...joined(parts),
    gradients: (input, batch) => steps.gradients(input, batch),
    ...(attack && {
      evaluate: (subject) => robustEvaluation(attack, opening.task.model, subject, { rng: context.rng, report }),
    }),
    evaluated: async (metrics, isBest) => {
      if (isBest) best?.remember();
      return overfitting.evaluated(metrics['robustAccuracy']);
    },
    end: () => best?.bringBack(),
  };
}

/** What the steps of a run share. */
export interface StepTools {
  readonly radius: Radius;
  readonly report: RunOpening['context']['report'];
  readonly overfitting: Overfitting;
}

function stepsOf(settings: AdversarialSettings, opening: RunOpening, tools: StepTools): Steps {
  const { attack, free, cleanWeight, warmStart } = settings;
  if (free) return freeSteps(free, cleanWeight, opening, tools);
  if (attack) return attackedSteps({ attack, cleanWeight, warmStart }, opening, tools);
  const { task, trainable } = opening;
  return { gradients: (input) => lossGradients(task.loss, [{ input }], trainable) };
}
