import { createRng, originOf, requireSplit } from '@equipoise/kit';
import {
  DataError,
  type Dataset,
  type DatasetInfo,
  type Model,
  type Rng,
  type RunContext,
  ShapeError,
  type Split,
} from '@equipoise/spec';
import { modelFingerprint, type SourceIdentity, sourceIdentity } from './fingerprint.js';
import { makeChunks } from './make-chunks.js';
import { madeSplit } from './made-split.js';
import type { SharedSettings } from './options.js';
import { type Chunk, type ChunkStore, memoryStore } from './storage/chunk.js';

/** What sets one way to make data apart from another. */
export interface Method {
  /** Name of the component. */
  readonly operation: string;
  /** What decides the data beside model, source and seed: JSON, for the provenance. */
  readonly choices: Readonly<Record<string, unknown>>;
  /** Makes a batch of new examples of the examples of the given indices of the source. */
  make(batch: BatchOfSource): Promise<Chunk>;
  /** Whether an example is kept, by its fields; absent: all are. */
  isKept?(fields: Chunk['fields'], row: number): boolean;
}

/** A batch that is to be changed. */
export interface BatchOfSource {
  readonly model: Model;
  readonly source: Split;
  readonly indices: Int32Array;
  /** The stream of the data set, to be forked by what it is for and then by index. */
  readonly rng: Rng;
  readonly context: RunContext;
}

/**
 * A data set in which one split is made of that of another by a method; it is made when that split is first opened.
 *
 * @throws DataError, ShapeError if data set and model do not fit together
 */
export async function buildDataset(settings: SharedSettings, method: Method, context: RunContext): Promise<Dataset> {
  const { dataset, model, split: name, samples } = settings;
  checkFit(settings);
  const seed = settings.seed ?? drawnSeed(context.rng, method.operation);
  const facts = {
    operation: method.operation,
    split: name,
    ...(samples === undefined ? {} : { samples }),
    ...method.choices,
    seed,
    model: { fingerprint: await modelFingerprint(model), ...originOf(model) },
  };
  const { name: of, provenance } = dataset.info;
  const info: DatasetInfo = {
    ...dataset.info,
    provenance: { ...facts, of: provenance ? { name: of, provenance } : { name: of } },
  };
  let made: Promise<Split> | undefined;
  const make = async () => {
    const opened = await openSource(settings, facts, seed, context);
    return madeFrom(settings, method, opened, context);
  };
  return {
    info,
    split: (wanted) => {
      if (wanted !== name) return dataset.split(wanted);
      made ??= make().catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      return made;
    },
  };
}

/** A seed that is a pure function of a stream's identity. */
function drawnSeed(rng: Rng, operation: string): string {
  const stream = rng.fork(operation);
  return [stream.uint32(), stream.uint32()].map((word) => word.toString(16).padStart(8, '0')).join('');
}

function checkFit({ dataset, model, split, samples }: SharedSettings): void {
  requireSplit(dataset.info, split);
  const { name, inputShape, bounds, classes } = dataset.info;
  if (String(inputShape) !== String(model.inputShape)) {
    throw new ShapeError(`An example of the data set "${name}"`, model.inputShape, inputShape);
  }
  if (bounds[0] < model.bounds[0] || bounds[1] > model.bounds[1]) {
    throw new DataError(
      `The data set "${name}" has values in [${bounds.join(', ')}]; the model takes [${model.bounds.join(', ')}].`,
      { dataset: name, bounds, expected: model.bounds, samples },
    );
  }
  if (model.classes !== undefined && model.classes < classes.length) {
    throw new ShapeError('A row of logits of the model', [classes.length], [model.classes]);
  }
}

/** The source, checked and identified, and where the result is kept. */
interface OpenedSource {
  readonly source: Split;
  readonly indices: Int32Array;
  readonly rng: Rng;
  readonly store: ChunkStore;
}

async function openSource(
  settings: SharedSettings,
  facts: Readonly<Record<string, unknown>> & { readonly model: { readonly fingerprint: string } },
  seed: string | number,
  context: RunContext,
): Promise<OpenedSource> {
  const { dataset, model, split, samples } = settings;
  if ((await modelFingerprint(model)) !== facts.model.fingerprint) {
    throw new DataError(
      'The weights of the model are not those with which the data set was created. Create the data set when the model is trained.',
      { fingerprint: facts.model.fingerprint },
    );
  }
  const source = await dataset.split(split);
  const rng = createRng(seed).fork(String(facts['operation']));
  const indices = chosenIndices(source.size, samples, rng, `split "${split}" of data set "${dataset.info.name}"`);
  const store = await openStore(settings, facts, await sourceIdentity(dataset, split, source), context);
  return { source, indices, rng, store };
}

function chosenIndices(size: number, samples: number | undefined, rng: Rng, where: string): Int32Array {
  if (samples === undefined) return Int32Array.from({ length: size }, (_, index) => index);
  if (samples > size) {
    throw new DataError(`${samples} examples were asked for; the ${where} has ${size}.`, { samples, available: size });
  }
  return rng.fork('samples').permutation(size).slice(0, samples).sort();
}

async function openStore(
  { folder, rebuild, chunkSize, dataset }: SharedSettings,
  facts: Readonly<Record<string, unknown>>,
  source: SourceIdentity,
  context: RunContext,
): Promise<ChunkStore> {
  const hasFiles = globalThis.process?.versions?.node !== undefined;
  if (folder === null || !hasFiles) return memoryStore;
  const { openFolderStore } = await import('./storage/folder-store.js');
  return openFolderStore({
    folder,
    rebuild,
    identity: { ...facts, source, chunkSize },
    inputShape: dataset.info.inputShape,
    context,
  });
}

async function madeFrom(
  settings: SharedSettings,
  method: Method,
  { source, indices, rng, store }: OpenedSource,
  context: RunContext,
): Promise<Split> {
  const { model, dataset, split } = settings;
  const make = (places: Int32Array) => method.make({ model, source, indices: places, rng, context });
  const chunks = await makeChunks({ settings, operation: method.operation, make, indices, store, context });
  const where = `split "${split}" of data set "${dataset.info.name}" (${method.operation})`;
  return madeSplit(where, chunks, store, settings, method.isKept?.bind(method));
}
