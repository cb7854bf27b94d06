import { DataError } from '@equipoise/spec';

const unsignedByte = 0x08;

/** Bytes with the lengths of their axes. */
export interface IdxArray {
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** The values, row-major; a view of the file. */
  readonly values: Uint8Array;
}

/**
 * Reads an IDX file of unsigned bytes: two zero bytes, the type, the number of axes, each axis's length as a big-endian
 * 32-bit number, then the values (LeCun, Cortes, Burges, "The MNIST database").
 *
 * @param name the file, for messages
 * @param bytes its decompressed content
 * @param axes how many axes are expected: 3 for images, 1 for labels
 * @throws DataError if the magic number or the length is wrong
 */
export function parseIdx(name: string, bytes: Uint8Array, axes: number): IdxArray {
  const header = 4 + 4 * axes;
  if (bytes.length < header) {
    throw new DataError(`${name} holds ${bytes.length} bytes; expected a header of ${header} bytes and data.`, {
      file: name,
      found: bytes.length,
      expectedAtLeast: header,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [found, expected] = [view.getUint32(0), (unsignedByte << 8) | axes];
  if (found !== expected) {
    const show = (magic: number) => `0x${magic.toString(16).padStart(8, '0')}`;
    throw new DataError(`${name} begins with the magic number ${show(found)}; expected ${show(expected)}.`, {
      file: name,
      found,
      expected,
    });
  }
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== header + size) {
    throw new DataError(
      `${name} holds ${bytes.length - header} values; its header says [${shape.join(', ')}], which is ${size}.`,
      { file: name, found: bytes.length - header, expected: size },
    );
  }
  return { shape, values: bytes.subarray(header) };
}
