import { evaluateModel } from './evaluation.js';
import type { TrainingRun } from './run.js';
import { epochOrder } from './sampling.js';
import type { TrainingWarning } from './selection.js';
import { chanceOf, isAtChance } from './stuck.js';

/** From how many steps on it can be said that a run is stuck, and on how many examples that is looked at. */
const stuckAfterSteps = 20;
const stuckExamples = 512;

/** A warning if it is time to look and the model still does no better than a constant prediction; once a run. */
export async function stuckWarning(run: TrainingRun): Promise<TrainingWarning | undefined> {
  const { step, plan, settings, task, method } = run;
  if (!method.stuck.isDue(step, plan) || step < stuckAfterSteps) return undefined;
  if (run.progress.warnedStuck || !task.model.supports.logits) return undefined;
  const { split, indices: all } = run.data;
  const examples = { indices: all, labels: split.labels };
  const indices = epochOrder(examples, settings.sampling, run.context.rng.fork('stuck'), 0).subarray(0, stuckExamples);
  const chance = chanceOf(Array.from(indices, (index) => split.labels[index]!));
  const metrics = await evaluateModel(task.model, split, indices, plan.batchSize);
  if (!isAtChance(metrics, chance, indices.length)) return undefined;
  run.progress = { ...run.progress, warnedStuck: true };
  return {
    type: 'warning',
    code: 'EQUIPOISE_STUCK_AT_CHANCE',
    message:
      `After ${step} of ${plan.steps} steps the model does no better than a constant prediction: ` +
      `accuracy ${metrics.accuracy.toFixed(3)} (chance ${chance.accuracy.toFixed(3)}), cross-entropy ` +
      `${metrics.crossEntropy.toFixed(3)} (chance ${chance.crossEntropy.toFixed(3)}). ${method.stuck.advice}`,
    details: { step, ...metrics, chanceAccuracy: chance.accuracy, chanceCrossEntropy: chance.crossEntropy },
  };
}
