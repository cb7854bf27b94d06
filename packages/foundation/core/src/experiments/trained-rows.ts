import { defineComponent, definePlugin, type Model, StorageError } from '@equipoise/spec';
import * as z from 'zod';
import type { AnyRegistry } from '../registry/types.js';
import { restoreModel } from './model-state.js';
import { rowId } from './plan-jobs.js';
import { recipeOf, rowOf } from './recipes.js';
import type { RunStorage } from './storage.js';
import { trainedName } from './trained-references.js';
import type { Experiment } from './types.js';

const schema = z.strictObject({
  row: z.string().min(1).describe('Name of a row that comes before; its model of the same seed is meant.'),
});

/** What trained models are read from. */
export interface TrainedRowsSource {
  /** The experiment, resolved. */
  readonly experiment: Experiment;
  /** Where the run is kept. */
  readonly storage: Pick<RunStorage, 'loadCheckpoint'>;
  /** The seed. */
  readonly seed: number;
}

/** A registry that knows the trained models of a run. */
export interface TrainedRows {
  /** What was given, and the model `trained`. */
  readonly registry: AnyRegistry;
  /**
   * Frees the models that were made so far.
   * @param kept one that somebody else frees
   */
  dispose(kept?: Model): void;
}

/**
 * Adds the model `trained` to a registry: what another row of the experiment has learnt, so that data sets and attacks can be made
 * of it, `{ "use": "trained", "options": { "row": "standard" } }`. Whoever asks for it needs that row to be finished first.
 *
 * @param registry makes the other components
 * @param source the run; without it, references can be checked but no model be made
 */
export function withTrainedRows(registry: AnyRegistry, source?: TrainedRowsSource): TrainedRows {
  const made: Model[] = [];
  const component = defineComponent({
    specVersion: 1,
    kind: 'model',
    name: trainedName,
    description: 'The model that another row of the experiment has trained, of the same seed',
    options: schema,
    example: { row: 'standard' },
    create: async ({ row }, context) => {
      const { experiment, storage, seed } = requireSource(source);
      const id = rowId(row, seed);
      const state = await storage.loadCheckpoint(id, 'final');
      if (!state) throw new StorageError(`The weights of "${id}", which another row uses, are missing.`, { job: id });
      const { model: reference } = recipeOf(rowOf(row, experiment), experiment);
      const model = await extended.createUnknown('model', reference.use, reference.options, context);
      made.push(model);
      restoreModel(model, state, id);
      return model;
    },
  });
  const extended: AnyRegistry = registry.use(
    definePlugin({ specVersion: 1, id: '@equipoise/core', components: [component] }),
  );
  return {
    registry: extended,
    dispose: (kept) => {
      for (const model of made.splice(0)) if (model !== kept) model.dispose();
    },
  };
}

function requireSource(source: TrainedRowsSource | undefined): TrainedRowsSource {
  if (source) return source;
  throw new StorageError('A trained row can only be used while its experiment runs.');
}
