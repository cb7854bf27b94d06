import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fromLayersModel, type LayersModelLike } from '@equipoise/model-adapters';
import { DataError, type Model, UnsupportedError } from '@equipoise/spec';

interface Manifest {
  readonly modelTopology?: object;
  readonly weightsManifest?: readonly { readonly paths: readonly string[]; readonly weights: readonly object[] }[];
}

interface Layers {
  loadLayersModel(handler: { load(): Promise<object> }): Promise<LayersModelLike>;
}

/**
 * A model of tfjs-layers from a `model.json` and the files of weights beside it.
 *
 * @param file the `model.json`
 * @throws UnsupportedError if `@tensorflow/tfjs-layers` is not installed, or the model is a graph model
 * @throws DataError if a file of weights is missing or the manifest is not one of a layers model
 */
export async function openLayersModel(file: string): Promise<Model> {
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Manifest;
  const { modelTopology, weightsManifest } = manifest;
  if (!modelTopology || !weightsManifest) {
    throw new DataError(`${file} is not the model.json of a layers model: it lacks modelTopology or weightsManifest.`, {
      file,
    });
  }
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const paths = weightsManifest.flatMap((group) => group.paths);
  const weightData = await joined(paths.map((path) => join(dirname(file), path)));
  const { loadLayersModel } = await layers();
  return fromLayersModel(await loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) }));
}

async function joined(paths: readonly string[]): Promise<ArrayBuffer> {
  const parts = await Promise.all(
    paths.map((path) =>
      readFile(path).catch((error: Error) => {
        throw new DataError(`The weights ${path} cannot be read: ${error.message}.`, { path }, error);
      }),
    ),
  );
  const bytes = Buffer.concat(parts);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

async function layers(): Promise<Layers> {
  const name = '@tensorflow/tfjs-layers';
  return (await import(name).catch(() => {
    throw new UnsupportedError('A model.json', `the package ${name} (npm install ${name})`, 'this installation');
  })) as Layers;
}
