import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { decodeSafetensors, openTrained, parseExperiment, restoreModel, type Registry } from '@equipoise/core';
import { createFolderStorage, runFiles } from '@equipoise/core/node';
import { createRng } from '@equipoise/kit';
import type { AnyComponent, Dataset, Model, RunContext, StateArray, Subject } from '@equipoise/spec';
import { isRun } from '../commands/show-run.js';
import { usageError } from '../failure.js';
import { openLayersModel } from './layers-model.js';
import { referenceOf } from './reference.js';

/** What the command line says about the model and its data. */
export interface SubjectOptions {
  /** The architecture of a safetensors file. */
  readonly model?: string | undefined;
  /** The data; default those of the run. */
  readonly dataset?: string | undefined;
  /** Row of a run. */
  readonly row?: string | undefined;
  /** Seed of a run's training. */
  readonly trainingSeed?: number | undefined;
}

/**
 * A trained model with data, from a run's folder, a safetensors file or a model.json of tfjs-layers.
 *
 * @param path what was given
 * @param options what else was said
 * @param registry makes components
 * @param report hears warnings
 * @returns model and data; the caller disposes the model
 * @throws EquipoiseError `EQUIPOISE_USAGE` if something is missing on the command line
 */
export async function openSubject(
  path: string,
  options: SubjectOptions,
  registry: Registry<AnyComponent>,
  report: RunContext['report'],
): Promise<Subject> {
  const context: RunContext = { rng: createRng(0), report };
  if (await isRun(path)) return openRunSubject(path, options, registry, context);
  const model = await openFile(path, options, registry, context);
  try {
    const dataset = await datasetOf(options, registry, context);
    if (!dataset) throw usageError(`${path} does not say on which data to try the model; give --dataset.`);
    return { model, dataset, name: basename(path) };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

async function openRunSubject(
  folder: string,
  options: SubjectOptions,
  registry: Registry<AnyComponent>,
  context: RunContext,
): Promise<Subject> {
  const config = JSON.parse(await readFile(join(folder, runFiles.config), 'utf8')) as unknown;
  const experiment = parseExperiment(config, registry);
  const storage = createFolderStorage(folder);
  const { row, trainingSeed: seed } = options;
  const trained = await openTrained(experiment, registry, storage, { row, seed, report: context.report });
  const dataset = await datasetOf(options, registry, context);
  return dataset ? { ...trained, dataset } : trained;
}

async function openFile(
  path: string,
  options: SubjectOptions,
  registry: Registry<AnyComponent>,
  context: RunContext,
): Promise<Model> {
  if (path.endsWith('.json')) return openLayersModel(path);
  if (!path.endsWith('.safetensors')) {
    throw usageError(`${path} is neither the folder of a run nor a .safetensors file nor a model.json.`, { path });
  }
  if (options.model === undefined) {
    throw usageError(`${path} holds weights only; give the network that they are of: --model '{ "use": "cnn", … }'.`);
  }
  const { use, options: settings } = await referenceOf(options.model, '--model');
  const { arrays } = decodeSafetensors(await readFile(path), { subject: path });
  const model = await registry.createUnknown('model', use, settings, context);
  try {
    restoreModel(model, { step: 0, arrays: namedAsState(arrays), facts: {} }, path);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

/** The weights of a model's own names, as checkpoints name them. */
function namedAsState(arrays: Readonly<Record<string, StateArray>>): Readonly<Record<string, StateArray>> {
  const weights = Object.entries(arrays).filter(([name]) => name.startsWith('model.'));
  if (weights.length > 0) return Object.fromEntries(weights);
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`model.${name}`, array]));
}

async function datasetOf(
  { dataset }: SubjectOptions,
  registry: Registry<AnyComponent>,
  context: RunContext,
): Promise<Dataset | undefined> {
  if (dataset === undefined) return undefined;
  const { use, options } = await referenceOf(dataset, '--dataset');
  return registry.createUnknown('dataset', use, options, context);
}
