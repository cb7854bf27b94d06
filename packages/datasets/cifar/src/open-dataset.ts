import { requireIndices, requireSplit } from '@equipoise/kit';
import { DataError, type Dataset, type DatasetInfo, type RunContext, type Split } from '@equipoise/spec';
import { chosenLabels, type ClassChoice } from './chosen-classes.js';
import type { CifarDefinition } from './definition.js';
import { type LocatedFile, locateFiles, type Location } from './locate-files.js';
import { checkRecords, decodeImages, inputShape, type RecordPlace, recordLength } from './records.js';

/** Options of both data sets, validated. */
export interface CifarSettings extends Location {
  /** Which of the labels of a record is the class. */
  readonly labelSet: number;
  readonly classes?: readonly ClassChoice[] | undefined;
  readonly verify: boolean;
}

const cache = new Map<string, Promise<Uint8Array>>();

/** Makes the data set; nothing is read before a split is opened. */
export function openDataset(definition: CifarDefinition, settings: CifarSettings, context: RunContext): Dataset {
  const names = definition.labelSets[settings.labelSet]?.classes ?? [];
  const kept = chosenLabels(`dataset "${definition.name}"`, names, settings.classes);
  const info = describe(
    definition,
    settings,
    kept.map((label) => names[label] as string),
  );
  return {
    info,
    split: async (name) => {
      requireSplit(info, name);
      const files = await locateFiles(definition, name as 'train' | 'test', settings, context);
      const contents = await Promise.all(files.map((file) => readRecords(file, definition, settings)));
      return openSplit(`split "${name}" of data set "${info.name}"`, contents, definition, settings, kept);
    },
  };
}

function describe(definition: CifarDefinition, settings: CifarSettings, classes: readonly string[]): DatasetInfo {
  const { sample, trainFiles } = settings;
  const provenance = {
    ...(sample ? { sample } : {}),
    ...(trainFiles ? { trainFiles } : {}),
    ...(settings.classes ? { classes } : {}),
  };
  return Object.freeze({
    name: definition.name,
    inputShape,
    bounds: [0, 1] as const,
    classes,
    splits: ['train', 'test'],
    source: 'Alex Krizhevsky: Learning multiple layers of features from tiny images (2009)',
    licence: 'none stated by the authors; attribution by citation',
    ...(Object.keys(provenance).length > 0 ? { provenance } : {}),
  });
}

/** The records of a file, read and checked once a process; a failure is not kept. */
function readRecords(
  located: LocatedFile,
  { labelSets }: CifarDefinition,
  { verify }: CifarSettings,
): Promise<Uint8Array> {
  const key = `${verify} ${labelSets.length} ${located.address}`;
  const known = cache.get(key);
  if (known) return known;
  const reading = located.read().then((bytes) => {
    checkRecords(located.file, located.address, bytes, labelSets, verify);
    return bytes;
  });
  cache.set(key, reading);
  reading.catch(() => cache.delete(key));
  return reading;
}

function openSplit(
  where: string,
  contents: readonly Uint8Array[],
  { labelSets }: CifarDefinition,
  { labelSet, classes }: CifarSettings,
  kept: readonly number[],
): Split {
  const newLabel = new Map(kept.map((label, position) => [label, position]));
  const records = contents
    .flatMap((bytes) => allRecords(bytes, recordLength(labelSets)))
    .filter(({ bytes, offset }) => newLabel.has(bytes[offset + labelSet] as number));
  if (records.length === 0) {
    throw new DataError(`The ${where} is empty: it has no example of ${classes?.join(', ')}.`, { classes });
  }
  const labelOf = ({ bytes, offset }: RecordPlace) => newLabel.get(bytes[offset + labelSet] as number) as number;
  return {
    size: records.length,
    labels: Int32Array.from(records, labelOf),
    examples: async (indices) => {
      requireIndices(where, records.length, indices);
      const wanted = Array.from(indices, (index) => records[index] as RecordPlace);
      const original = labelSets.map(({ name }, position) => [
        name,
        Int32Array.from(wanted, ({ bytes, offset }) => bytes[offset + position] as number),
      ]);
      return {
        ...decodeImages(wanted, labelSets.length),
        labels: Int32Array.from(wanted, labelOf),
        ...(labelSets.length > 1 ? { fields: Object.fromEntries(original) as Record<string, Int32Array> } : {}),
      };
    },
  };
}

function allRecords(bytes: Uint8Array, length: number): RecordPlace[] {
  return Array.from({ length: bytes.length / length }, (_, record) => ({ bytes, offset: record * length }));
}
