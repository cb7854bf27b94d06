import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A byte of an image that depends on the image, the channel, the row and the column. */
export const toyByte = (image: number, channel: number, row: number, column: number) =>
  (7 * image + 64 * channel + 5 * row + column) % 256;

/** A record: labels, then the planes of {@link toyByte}. */
export function toyRecord(image: number, labels: readonly number[]): number[] {
  const pixels = Array.from({ length: 3072 }, (_, i) => toyByte(image, i >> 10, (i >> 5) % 32, i % 32));
  return [...labels, ...pixels];
}

/** A file of records: one list of labels an image, the images numbered from `first`. */
export const toyFile = (labels: readonly (readonly number[])[], first = 0): Uint8Array =>
  Uint8Array.from(labels.flatMap((one, index) => toyRecord(first + index, one)));

/** A folder of its own below the one for temporary files. */
export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'equipoise-cifar-'));

/** Writes files into a new temporary folder, or a folder in it. */
export async function toyFolder(files: Readonly<Record<string, Uint8Array>>, below = '.'): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, below), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, below, name), bytes);
  return folder;
}
