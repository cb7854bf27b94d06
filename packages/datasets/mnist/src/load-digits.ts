import { DataError } from '@equipoise/spec';
import { decompress, verifyChecksum } from './decompress.js';
import { type DataFile, files, type SplitFiles } from './files.js';
import { type IdxArray, parseIdx } from './idx.js';
import { fileAddress, type FileLocation, readFile } from './read-file.js';

/** The decoded digits of a split. */
export interface Digits {
  /** Pixels, `[count, 28, 28]`, 0 to 255. */
  readonly pixels: Uint8Array;
  /** The digit that each image shows, `[count]`. */
  readonly labels: Int32Array;
}

/** How the files of a split are read. */
export interface LoadOptions extends FileLocation {
  /** Demand the original files. */
  readonly verify: boolean;
}

const cache = new Map<string, Promise<Digits>>();

/** The digits of a split, decoded once a process for each place and kept; a failure is not kept. */
export function loadDigits(split: 'train' | 'test', options: LoadOptions): Promise<Digits> {
  if (options.read) return decodeDigits(files[split], options);
  const key = `${options.verify} ${fileAddress(files[split].images, options)}`;
  const known = cache.get(key);
  if (known) return known;
  const loading = decodeDigits(files[split], options);
  cache.set(key, loading);
  loading.catch(() => cache.delete(key));
  return loading;
}

async function decodeDigits(split: SplitFiles, options: LoadOptions): Promise<Digits> {
  const [images, labels] = await Promise.all([
    readIdx(split.images, 3, split.count, options),
    readIdx(split.labels, 1, split.count, options),
  ]);
  checkImages(split, images, labels);
  checkLabels(split.labels.name, labels.values);
  return { pixels: images.values, labels: Int32Array.from(labels.values) };
}

async function readIdx(file: DataFile, axes: number, count: number, options: LoadOptions): Promise<IdxArray> {
  const bytes = await decompress(file.name, await readFile(file, options));
  const idx = parseIdx(file.name, bytes, axes);
  if (!options.verify) return idx;
  if (idx.shape[0] !== count) {
    throw new DataError(`${file.name} holds ${idx.shape[0]} digits; expected ${count}.`, {
      file: file.name,
      found: idx.shape[0],
      expected: count,
    });
  }
  await verifyChecksum(file.name, bytes, file.sha256);
  return idx;
}

function checkImages(split: SplitFiles, images: IdxArray, labels: IdxArray): void {
  const [count = 0, height, width] = images.shape;
  if (height !== 28 || width !== 28) {
    throw new DataError(`${split.images.name} holds images of ${height}x${width} pixels; expected 28x28.`, {
      file: split.images.name,
      found: [height, width],
      expected: [28, 28],
    });
  }
  if (count !== labels.shape[0] || count === 0) {
    throw new DataError(
      `${split.images.name} holds ${count} images and ${split.labels.name} ${labels.shape[0]} labels; expected as many, and at least one.`,
      { images: count, labels: labels.shape[0] },
    );
  }
}

function checkLabels(file: string, labels: Uint8Array): void {
  const index = labels.findIndex((label) => label > 9);
  if (index >= 0) {
    throw new DataError(`${file} holds the label ${labels[index]} at index ${index}; expected 0 to 9.`, {
      file,
      index,
      found: labels[index],
    });
  }
}
