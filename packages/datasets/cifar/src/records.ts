import { DataError, type Examples } from '@equipoise/spec';
import type { LabelSet, RecordFile } from './definition.js';

const side = 32;
const plane = side * side;
const pixelCount = 3 * plane;
const values = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Shape of one image. */
export const inputShape = [side, side, 3] as const;

/** Length of a record: a byte for each label, then 1,024 bytes of red, of green and of blue, row by row. */
export const recordLength = (labelSets: readonly LabelSet[]) => labelSets.length + pixelCount;

/** A record: the bytes of its file, and where it begins. */
export interface RecordPlace {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/**
 * Refuses a file that is not one of whole records with labels in range.
 *
 * @param file its name, and how many records the original has
 * @param address where it was read
 * @param bytes its content
 * @param labelSets the labels of each record
 * @param verify demand as many records as the original has
 * @throws DataError that names the file, what it holds and what was expected
 */
export function checkRecords(
  file: RecordFile,
  address: string,
  bytes: Uint8Array,
  labelSets: readonly LabelSet[],
  verify: boolean,
): void {
  const length = recordLength(labelSets);
  const count = bytes.length / length;
  const details = { file: file.name, address, found: bytes.length, recordLength: length };
  if (!Number.isInteger(count) || count === 0) {
    throw new DataError(
      `${address} holds ${bytes.length} bytes, which is not a whole number of records of ${length} bytes` +
        ` (${file.count * length} bytes in the original). It is truncated, or of another data set.`,
      { ...details, expected: file.count * length },
    );
  }
  if (verify && count !== file.count) {
    throw new DataError(
      `${address} holds ${count} images; the original ${file.name} has ${file.count}. For other images in this format set verify to false.`,
      { ...details, expected: file.count * length },
    );
  }
  for (let record = 0; record < count; record++) {
    for (const [position, { name, classes }] of labelSets.entries()) {
      const label = bytes[record * length + position] as number;
      if (label < classes.length) continue;
      throw new DataError(
        `${address} has the ${name} ${label} in record ${record}; expected 0 to ${classes.length - 1}.`,
        {
          ...details,
          record,
          label,
        },
      );
    }
  }
}

/** The images of some records, `[count, 32, 32, 3]`, float32 in [0, 1] (byte / 255); planes of colour become channels. */
export function decodeImages(records: readonly RecordPlace[], labelBytes: number): Pick<Examples, 'shape' | 'x'> {
  const x = new Float32Array(records.length * pixelCount);
  for (const [row, { bytes, offset }] of records.entries()) {
    const source = offset + labelBytes;
    const target = row * pixelCount;
    for (let pixel = 0; pixel < plane; pixel++) {
      for (let channel = 0; channel < 3; channel++) {
        x[target + 3 * pixel + channel] = values[bytes[source + channel * plane + pixel] as number] as number;
      }
    }
  }
  return { shape: [records.length, ...inputShape], x };
}
