import { DataError, type RunContext } from '@equipoise/spec';
import { type CifarDefinition, type RecordFile } from './definition.js';
import { fileSystem, readBytes, unreadable } from './read-bytes.js';
import { recordLength } from './records.js';
import { decodeSample } from './sample.js';

/** Where the files are. */
export interface Location {
  readonly dataDir?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly mirrors?: readonly string[] | undefined;
  readonly sample?: boolean | undefined;
  /** Names of the training files to use; all of them, or those that are there, if absent. */
  readonly trainFiles?: readonly string[] | undefined;
}

/** A file that can be read. */
export interface LocatedFile {
  readonly file: RecordFile;
  /** Its path or address. */
  readonly address: string;
  /** Gives its records. */
  read(): Promise<Uint8Array>;
}

/** What is looked for. */
interface Wanted {
  readonly definition: CifarDefinition;
  readonly split: 'train' | 'test';
  readonly files: readonly RecordFile[];
}

/**
 * Finds the files of a split; downloads them if no place is given.
 *
 * A folder may hold only some of the training files; the context is told which (`EQUIPOISE_PARTIAL_DATA`).
 *
 * @throws DataError if the folder has none of the files, or not those that were asked for by name
 */
export async function locateFiles(
  definition: CifarDefinition,
  split: 'train' | 'test',
  location: Location,
  context: RunContext,
): Promise<readonly LocatedFile[]> {
  const chosen = split === 'train' ? location.trainFiles : undefined;
  const files = definition.files[split].filter(({ name }) => chosen?.includes(name) ?? true);
  const sample = location.sample ? definition.sample?.[split] : undefined;
  if (sample) {
    const read = async () => decodeSample(sample.name, await readBytes(sample.url));
    return [{ file: sample, address: sample.url.href, read }];
  }
  if (location.baseUrl !== undefined) return files.map(below(location.baseUrl));
  const wanted = { definition, split, files };
  const dataDir = location.dataDir ?? (location.mirrors ? undefined : await localCopy(definition));
  if (dataDir !== undefined) return inFolder(dataDir, wanted, chosen !== undefined, context);
  return files.map(below(await downloaded(definition, location.mirrors, context)));
}

const below = (place: string) => (file: RecordFile) => {
  const address = `${place.replace(/\/+$/, '')}/${file.name}`;
  return { file, address, read: () => readBytes(address) };
};

/** The folder of the archive below `EQUIPOISE_DATA_DIR`, where a user keeps data sets; `undefined` if it is not there. */
async function localCopy({ archive }: CifarDefinition): Promise<string | undefined> {
  const root = globalThis.process?.env?.['EQUIPOISE_DATA_DIR'];
  const fs = fileSystem();
  if (!root || !fs) return undefined;
  const folder = `${root.replace(/\/+$/, '')}/${archive.folder}`;
  return fs.stat(folder).then(
    () => folder,
    () => undefined,
  );
}

async function downloaded(
  { archive, files, labelSets }: CifarDefinition,
  mirrors: readonly string[] = archive.mirrors,
  context: RunContext,
): Promise<string> {
  if (!fileSystem()) {
    throw new DataError(
      `The archive ${archive.name} can only be downloaded where there is a file system; serve the unpacked files and give baseUrl.`,
      { archive: archive.name },
    );
  }
  const { obtainFolder } = await import('./download/index.js');
  const length = recordLength(labelSets);
  const expected = [...files.train, ...files.test].map(({ name, count }) => ({ name, bytes: count * length }));
  return obtainFolder({ ...archive, mirrors }, expected, context);
}

async function inFolder(
  dataDir: string,
  wanted: Wanted,
  exactly: boolean,
  context: RunContext,
): Promise<readonly LocatedFile[]> {
  const { folder, entries } = await findFolder(dataDir, wanted.definition);
  const present = wanted.files.filter(({ name }) => entries.includes(name));
  const missing = wanted.files.filter((file) => !present.includes(file)).map(({ name }) => name);
  if (present.length === 0 || (exactly && missing.length > 0)) throw missingFiles(folder, entries, missing, wanted);
  if (missing.length > 0) reportPartial(folder, present, missing, wanted, context);
  return present.map(below(folder));
}

/** The given folder, or the archive's folder in it where the files are there. */
async function findFolder(
  dataDir: string,
  { archive, files }: CifarDefinition,
): Promise<{ folder: string; entries: readonly string[] }> {
  const entries = await listFolder(dataDir);
  const known = [...files.train, ...files.test].map(({ name }) => name);
  if (entries.some((entry) => known.includes(entry)) || !entries.includes(archive.folder)) {
    return { folder: dataDir, entries };
  }
  const folder = `${dataDir.replace(/\/+$/, '')}/${archive.folder}`;
  return { folder, entries: await listFolder(folder) };
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    const fs = fileSystem();
    if (!fs) throw new Error('this platform has no file system; use the option baseUrl or sample');
    return (await fs.readdir(folder)).sort();
  } catch (cause) {
    throw unreadable(folder, cause);
  }
}

function missingFiles(
  folder: string,
  entries: readonly string[],
  missing: readonly string[],
  { definition: { archive, name }, split }: Wanted,
): DataError {
  const shown = entries.length > 12 ? [...entries.slice(0, 12), `${entries.length - 12} more`] : entries;
  const advice = entries.includes(archive.name)
    ? `Unpack ${archive.name} first.`
    : `They are in ${archive.name}, which is downloaded if no dataDir is given.`;
  return new DataError(
    `${folder} lacks ${missing.join(', ')} for split "${split}" of data set "${name}"; it holds ${shown.join(', ') || 'nothing'}. ${advice}`,
    { folder, split, missing, found: entries },
  );
}

function reportPartial(
  folder: string,
  present: readonly RecordFile[],
  missing: readonly string[],
  { definition: { name }, split, files }: Wanted,
  context: RunContext,
): void {
  const total = (list: readonly RecordFile[]) => list.reduce((sum, { count }) => sum + count, 0).toLocaleString('en');
  const found = present.map((file) => file.name);
  context.report({
    type: 'warning',
    code: 'EQUIPOISE_PARTIAL_DATA',
    message:
      `Split "${split}" of data set "${name}" has ${total(present)} of ${total(files)} images: ` +
      `${folder} holds ${found.join(', ')}, and lacks ${missing.join(', ')}.`,
    details: { folder, split, found, missing },
  });
}
