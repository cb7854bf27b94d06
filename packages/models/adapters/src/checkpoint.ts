import { asynchronousFactory, componentOption, decodeSafetensors, disposeAll, fromStateArrays } from '@equipoise/kit';
import { DataError, defineComponent, EquipoiseError, type Model, type StateArray } from '@equipoise/spec';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as z from 'zod';

const schema = z.strictObject({
  model: componentOption('model', 'cnn').describe('A model of the architecture that the weights are of.'),
  file: z
    .string()
    .min(1)
    .describe('Path or address of a safetensors file: a checkpoint of a run, or the weights by their names alone.'),
});

/** Options of {@link checkpoint}. */
export type CheckpointOptions = z.input<typeof schema>;

/**
 * A model with the weights of a file: that of `checkpoints/<job>/final.safetensors` of a run, whose arrays are named `model.<name>`, or of
 * any other safetensors file with an array `<name>` for each variable. Either all weights are taken over or none.
 *
 * Throws a `DataError` if the file cannot be read, is damaged, lacks a weight, has one too many or one of another shape.
 */
export const checkpointComponent = defineComponent({
  specVersion: 1,
  kind: 'model',
  name: 'checkpoint',
  description: 'A model with the weights of a safetensors file',
  options: schema,
  example: { model: { use: 'cnn' } as unknown as Model, file: 'runs/mine/checkpoints/row/ce/seed-1/final.safetensors' },
  references: { model: 'model' },
  create: async ({ model, file }) => {
    const { arrays } = decodeSafetensors(await readBytes(file), { subject: file });
    const weights = weightsOf(model, arrays, file);
    for (const [name, variable] of model.variables) variable.assign(weights[name] as Tensor);
    disposeAll(weights);
    return model;
  },
});

/** Puts the weights of a file into a model and gives it back; see {@link checkpointComponent}. */
export const checkpoint = asynchronousFactory(checkpointComponent);

function weightsOf(
  model: Model,
  arrays: Readonly<Record<string, StateArray>>,
  file: string,
): Readonly<Record<string, Tensor>> {
  const isOfRun = Object.keys(arrays).some((name) => name.startsWith('model.'));
  const template: Readonly<Record<string, Tensor>> = Object.fromEntries(model.variables);
  try {
    return fromStateArrays(template, arrays, isOfRun ? 'model' : '');
  } catch (error) {
    if (!EquipoiseError.isInstance(error)) throw error;
    throw new DataError(`The weights of ${file} do not fit the model. ${error.message}`, { file }, error);
  }
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    if (/^https?:/.test(file)) return await download(file);
    const fs = globalThis.process?.getBuiltinModule?.('node:fs');
    if (!fs) throw new Error('this platform has no file system; give an address');
    return await fs.promises.readFile(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`The weights ${file} cannot be read: ${reason}.`, { file }, cause);
  }
}

async function download(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
