import type { Analysis, Dataset, Loss, Model, RunContext, Trainer } from '@equipoise/spec';
import { checkAnalysis } from '../run/check-analysis.js';
import type { AnyRegistry } from '../registry/types.js';
import type { TrainingJob } from './plan-jobs.js';
import { recipeOf, rowOf, startRecipe } from './recipes.js';
import { analysisName, type Experiment } from './types.js';

/** What a job works with. */
export interface JobParts {
  readonly dataset: Dataset;
  readonly model: Model;
  readonly loss: Loss;
  readonly trainer: Trainer;
  readonly analyses: readonly { readonly name: string; readonly analysis: Analysis }[];
}

/**
 * Creates what a job works with; the caller disposes the model and the loss.
 *
 * Each part has a stream of the seed and of what it is, not of the row, so that all rows of a seed have the same data
 * and the same first weights.
 */
export async function createJobParts(
  job: TrainingJob,
  experiment: Experiment,
  registry: AnyRegistry,
  contextOf: (label: string) => RunContext,
): Promise<JobParts> {
  const recipe = job.type === 'start' ? startRecipe(experiment) : recipeOf(rowOf(job.row, experiment), experiment);
  const analyses = job.type === 'start' ? [] : experiment.analyses;
  const { dataset, loss, trainer, model } = recipe;
  const parts = {
    dataset: await registry.createUnknown('dataset', dataset.use, dataset.options, contextOf('dataset')),
    trainer: await registry.createUnknown('trainer', trainer.use, trainer.options, contextOf('trainer')),
    analyses: await createAnalyses(analyses, registry, contextOf),
    loss: await registry.createUnknown('loss', loss.use, loss.options, contextOf('loss')),
  };
  let network: Model | undefined;
  try {
    network = await registry.createUnknown('model', model.use, model.options, contextOf('model'));
    for (const { name, analysis } of parts.analyses)
      checkAnalysis(analysis, parts.dataset, network, `Analysis "${name}"`);
    return { ...parts, model: network };
  } catch (error) {
    network?.dispose();
    parts.loss.dispose?.();
    throw error;
  }
}

/** Creates the analyses of an experiment, each under its name. */
export async function createAnalyses(
  analyses: Experiment['analyses'],
  registry: AnyRegistry,
  contextOf: (label: string) => RunContext,
): Promise<JobParts['analyses']> {
  const created: { name: string; analysis: Analysis }[] = [];
  for (const one of analyses) {
    const name = analysisName(one);
    const analysis = await registry.createUnknown(
      'analysis',
      one.use,
      one.options,
      contextOf(`create/analysis/${name}`),
    );
    created.push({ name, analysis });
  }
  return created;
}
