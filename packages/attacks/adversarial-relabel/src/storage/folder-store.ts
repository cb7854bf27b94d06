import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { decodeSafetensors, encodeSafetensors } from '@equipoise/kit';
import { errorCode, homeFolder, removeTemporaryFiles, storageFailure, writeFileAtomic } from '@equipoise/kit/node';
import { DataError, EquipoiseError, type RunContext, StorageError } from '@equipoise/spec';
import { hashOfJson } from '../fingerprint.js';
import type { Chunk, ChunkStore } from './chunk.js';

const FORMAT = 'equipoise.built-dataset';
const VERSION = 1;
const HEADER_LENGTH_BYTES = 8;
const FLOAT_BYTES = 4;

/** How a folder is opened. */
export interface FolderOptions {
  /** The folder; absent: one of its own in the cache, named by the identity. */
  readonly folder?: string | undefined;
  /** Replaces what another identity made. */
  readonly rebuild: boolean;
  /** What decides the data: JSON. */
  readonly identity: Readonly<Record<string, unknown>>;
  /** Shape of one input. */
  readonly inputShape: readonly number[];
  /** Hears of damaged files. */
  readonly context: RunContext;
}

/** The contents of `manifest.json`. */
interface Manifest {
  readonly format: string;
  readonly version: number;
  readonly key: string;
  readonly identity: Readonly<Record<string, unknown>>;
  readonly complete: boolean;
  readonly summary?: Readonly<Record<string, unknown>>;
}

/**
 * Opens the folder of a data set that is made, and makes it if it is not there.
 *
 * It holds `manifest.json` (what made the data, whether they are complete) and `chunk-00000.safetensors`, …, each with a SHA-256
 * of its own; every file is written whole or not at all. Two builds of the same data at once do the same work twice and write
 * the same bytes.
 *
 * @throws StorageError if the folder holds data of another model, attack or source and is not to be rebuilt, if it holds
 *   something else, or if it cannot be written
 */
export async function openFolderStore(options: FolderOptions): Promise<ChunkStore> {
  const { identity, inputShape, context } = options;
  const key = hashOfJson(identity);
  const folder = options.folder ? resolve(options.folder) : join(homeFolder(), 'made', key.slice(0, 32));
  const manifest = await prepareFolder(folder, key, options);
  return {
    isDurable: true,
    load: (index, size) => loadChunk(folder, index, { key, size, inputShape, context }),
    save: (index, chunk) => writeFileAtomic(chunkPath(folder, index), encodeChunk(chunk, inputShape, key, index)),
    rows: (index, rows) => readRows(chunkPath(folder, index), rows, inputShape),
    finish: async (summary) => {
      if (!manifest.complete) await writeManifest(folder, { ...manifest, complete: true, summary });
    },
  };
}

const chunkPath = (folder: string, index: number) =>
  join(folder, `chunk-${String(index).padStart(5, '0')}.safetensors`);

async function prepareFolder(folder: string, key: string, { identity, rebuild }: FolderOptions): Promise<Manifest> {
  const before = await readManifest(folder);
  if (before?.key === key) return before;
  if (before && !rebuild) throw otherIdentity(folder, before.identity, identity);
  if (before) await removeBuild(folder);
  else await refuseStrangers(folder);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw storageFailure('make the folder', folder, error);
  });
  await removeTemporaryFiles(folder);
  const manifest = { format: FORMAT, version: VERSION, key, identity, complete: false };
  await writeManifest(folder, manifest);
  return manifest;
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, 'manifest.json');
  try {
    const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest;
    if (manifest.format === FORMAT && manifest.version === VERSION) return manifest;
    throw new StorageError(`${path} is of another format; expected ${FORMAT}, version ${VERSION}.`, { path });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (!(error instanceof SyntaxError)) throw storageFailure('read', path, error);
    throw new StorageError(`${path} is damaged: it does not hold JSON. Remove the folder to make the data again.`, {
      path,
    });
  }
}

const writeManifest = (folder: string, manifest: Manifest) =>
  writeFileAtomic(join(folder, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw storageFailure('read', folder, error);
  }
}

async function refuseStrangers(folder: string): Promise<void> {
  const strangers = (await filesIn(folder)).filter((name) => !name.startsWith('.'));
  if (strangers.length === 0) return;
  throw new StorageError(
    `${folder} holds something else than a data set that was made by an attack (${strangers.slice(0, 3).join(', ')}). Use another folder.`,
    { folder },
  );
}

/** Removes the chunks and then the manifest, so that a folder that is half removed is known for what it was. */
async function removeBuild(folder: string): Promise<void> {
  const chunks = (await filesIn(folder)).filter((name) => /^chunk-\d+\.safetensors$/.test(name));
  for (const name of [...chunks, 'manifest.json']) {
    await rm(join(folder, name), { force: true }).catch((error: unknown) => {
      throw storageFailure('remove', join(folder, name), error);
    });
  }
}

function otherIdentity(folder: string, before: Manifest['identity'], now: Manifest['identity']): StorageError {
  const text = (value: unknown) => JSON.stringify(value) ?? 'nothing';
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const changed = names.filter((name) => hashOfJson({ one: before[name] }) !== hashOfJson({ one: now[name] }));
  const lines = changed.map((name) => `  ${name}: ${text(before[name])} there, ${text(now[name])} asked for`);
  return new StorageError(
    `${folder} holds data that were made by something else:\n${lines.join('\n')}\n` +
      'Use another folder, or rebuild: true to replace them.',
    { folder, changed },
  );
}

function encodeChunk({ x, labels, fields }: Chunk, inputShape: readonly number[], key: string, index: number) {
  const count = labels.length;
  const facts = Object.entries(fields).map(([name, data]) => [`fields.${name}`, { shape: [count], data }] as const);
  const arrays = { x: { shape: [count, ...inputShape], data: x }, labels: { shape: [count], data: labels } };
  const metadata = { format: FORMAT, version: String(VERSION), key, chunk: String(index) };
  return encodeSafetensors({ ...arrays, ...Object.fromEntries(facts) }, metadata);
}

/** What a chunk has to be. */
interface Expected {
  readonly key: string;
  readonly size: number;
  readonly inputShape: readonly number[];
  readonly context: RunContext;
}

async function loadChunk(folder: string, index: number, expected: Expected): Promise<Chunk | undefined> {
  const path = chunkPath(folder, index);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw storageFailure('read', path, error);
  }
  try {
    return decodeChunk(bytes, path, index, expected);
  } catch (error) {
    if (!EquipoiseError.isInstance(error)) throw error;
    expected.context.report({
      type: 'warning',
      code: 'EQUIPOISE_CHUNK_REBUILT',
      message: `${error.message} Its examples are made again.`,
      details: { path, chunk: index },
    });
    return undefined;
  }
}

function decodeChunk(bytes: Uint8Array, path: string, index: number, { key, size, inputShape }: Expected): Chunk {
  const { arrays, metadata } = decodeSafetensors(bytes, { subject: path, requireChecksum: true });
  const { x, labels, ...others } = arrays;
  const isRight =
    metadata['key'] === key &&
    metadata['chunk'] === String(index) &&
    String(x?.shape) === String([size, ...inputShape]) &&
    labels?.data instanceof Int32Array;
  if (!isRight) throw new DataError(`${path} does not hold chunk ${index} of this data set.`, { path, chunk: index });
  const fields = Object.entries(others).map(([name, { data }]) => [name.replace(/^fields\./, ''), data] as const);
  return {
    x: x?.data as Float32Array,
    labels: labels.data,
    fields: Object.fromEntries(fields),
  };
}

/** Reads single inputs of a file that was checked when it was loaded. */
async function readRows(path: string, rows: readonly number[], inputShape: readonly number[]): Promise<Float32Array> {
  const length = inputShape.reduce((product, side) => product * side, 1);
  const values = new Float32Array(rows.length * length);
  const bytes = new Uint8Array(values.buffer);
  const file = await open(path, 'r').catch((error: unknown) => {
    throw storageFailure('read', path, error);
  });
  try {
    const begin = await beginOfInputs((position, count) => readExactly(file, position, count, path));
    for (const [place, row] of rows.entries()) {
      const count = length * FLOAT_BYTES;
      bytes.set(await readExactly(file, begin + row * count, count, path), place * count);
    }
    return values;
  } finally {
    await file.close();
  }
}

async function beginOfInputs(read: (position: number, count: number) => Promise<Uint8Array>): Promise<number> {
  const prefix = await read(0, HEADER_LENGTH_BYTES);
  const headerLength = Number(new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(await read(HEADER_LENGTH_BYTES, headerLength))) as {
    readonly x: { readonly data_offsets: readonly [number, number] };
  };
  return HEADER_LENGTH_BYTES + headerLength + header.x.data_offsets[0];
}

async function readExactly(
  file: Awaited<ReturnType<typeof open>>,
  position: number,
  count: number,
  path: string,
): Promise<Uint8Array> {
  const buffer = new Uint8Array(count);
  const { bytesRead } = await file.read(buffer, 0, count, position);
  if (bytesRead === count) return buffer;
  throw new StorageError(`${path} ends too early; it was changed while it was in use.`, { path });
}
