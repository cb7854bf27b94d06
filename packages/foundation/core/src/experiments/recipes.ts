import type { ComponentReference } from '@equipoise/spec';
import type { Experiment, ExperimentRow, ExperimentStart } from './types.js';

/** What a training is made of. */
export interface Recipe {
  readonly dataset: ComponentReference;
  readonly model: ComponentReference;
  readonly loss: ComponentReference;
  readonly trainer: ComponentReference;
}

/** What a row is made of: its own parts, else the experiment's. */
export function recipeOf(row: ExperimentRow, { dataset, model, trainer }: Experiment): Recipe {
  return {
    dataset: row.dataset ?? dataset,
    model: row.model ?? model,
    trainer: row.trainer ?? trainer,
    loss: row.loss,
  };
}

/** What the shared start is made of. */
export function startRecipe({ dataset, model, start }: Experiment): Recipe {
  return { dataset, model, ...(start as ExperimentStart) };
}

/** The row of a name. */
export function rowOf(name: string, { rows }: Experiment): ExperimentRow {
  return rows.find((row) => row.name === name) as ExperimentRow;
}
