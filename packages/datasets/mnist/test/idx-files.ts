import { gzipSync } from 'node:zlib';

/** An IDX file of unsigned bytes, not compressed. */
export function idx(shape: readonly number[], values: ArrayLike<number>, type = 0x08): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, (type << 8) | shape.length);
  shape.forEach((length, axis) => view.setUint32(4 + 4 * axis, length));
  bytes.set(Array.from(values), 4 + 4 * shape.length);
  return bytes;
}

/** Two digits, a 3 of increasing pixels and a 9 of decreasing ones, as the gzipped files of both splits. */
export function twoDigits(): Record<string, Uint8Array> {
  const pixels = Array.from({ length: 2 * 784 }, (_, i) => (i < 784 ? i % 256 : 255 - (i % 256)));
  const images = gzipSync(idx([2, 28, 28], pixels));
  const labels = gzipSync(idx([2], [3, 9]));
  return {
    'train-images-idx3-ubyte.gz': images,
    'train-labels-idx1-ubyte.gz': labels,
    't10k-images-idx3-ubyte.gz': images,
    't10k-labels-idx1-ubyte.gz': labels,
  };
}
