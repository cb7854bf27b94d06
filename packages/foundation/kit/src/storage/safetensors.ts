import type { StateArray } from '@equipoise/spec';
import { DataError, ShapeError } from '@equipoise/spec';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { invalidSafetensors, parseHeader } from './safetensors-header.js';
import { elementTypes } from './safetensors-types.js';

/** What a safetensors file holds. */
export interface Safetensors {
  /** Arrays by name. */
  readonly arrays: Readonly<Record<string, StateArray>>;
  /** Text by key, without the checksum. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How to read a safetensors file. */
export interface DecodeSafetensorsOptions {
  /** What error messages call the bytes: the file's name. Default: `The data`. */
  readonly subject?: string;
  /** Whether a file without our checksum is refused; default no, since other programs write none. */
  readonly requireChecksum?: boolean;
}

const lengthBytes = 8;
const alignment = 8;
const longestHeader = 100_000_000;
const checksumKey = 'equipoise.sha256';

const bytesOf = ({ data }: StateArray) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0);

/** SHA-256 of names, types, shapes, values and metadata, whatever their order in the file. */
function checksum(arrays: readonly (readonly [string, StateArray])[], metadata: Readonly<Record<string, string>>) {
  const sorted = [...arrays].sort(byName);
  const description = [
    sorted.map(([name, { shape, data }]) => [name, data instanceof Int32Array ? 'I32' : 'F32', shape]),
    Object.entries(metadata).sort(byName),
  ];
  const hash = sha256.create().update(utf8ToBytes(JSON.stringify(description)));
  for (const [, array] of sorted) hash.update(bytesOf(array));
  return bytesToHex(hash.digest());
}

function requireArray(name: string, { shape, data }: StateArray): void {
  if (name === '__metadata__') throw new DataError('An array cannot be named "__metadata__": the format reserves it.');
  const size = shape.reduce((product, length) => product * length, 1);
  if (size !== data.length) throw new ShapeError(`Array "${name}" of ${data.length} values`, [data.length], shape);
}

/**
 * Writes arrays in the safetensors format: eight bytes with the length of the header (little-endian), a JSON header
 * padded with blanks to a multiple of eight, the values.
 *
 * Arrays are sorted by name, so the same content gives the same bytes. The metadata get a checksum of everything under
 * `equipoise.sha256`. Python's `safetensors` reads the result.
 *
 * @param arrays arrays by name
 * @param metadata text by key
 * @throws `ShapeError` if a shape and its number of values disagree; `DataError` for an array named `__metadata__`
 * @see https://huggingface.co/docs/safetensors
 */
export function encodeSafetensors(
  arrays: Readonly<Record<string, StateArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = Object.entries(arrays).sort(byName);
  for (const [name, array] of entries) requireArray(name, array);
  let position = 0;
  const described = entries.map(([name, { shape, data }]) => {
    const offsets = [position, (position += data.byteLength)];
    return [name, { dtype: data instanceof Int32Array ? 'I32' : 'F32', shape, data_offsets: offsets }] as const;
  });
  const signed = { ...metadata, [checksumKey]: checksum(entries, metadata) };
  const json = utf8ToBytes(JSON.stringify(Object.fromEntries([['__metadata__', signed], ...described])));
  const headerLength = Math.ceil((lengthBytes + json.length) / alignment) * alignment - lengthBytes;
  const bytes = new Uint8Array(lengthBytes + headerLength + position).fill(0x20, 0, lengthBytes + headerLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, lengthBytes);
  let offset = lengthBytes + headerLength;
  for (const [, array] of entries) {
    bytes.set(bytesOf(array), offset);
    offset += array.data.byteLength;
  }
  return bytes;
}

function readHeaderText(subject: string, bytes: Uint8Array): { text: string; end: number } {
  if (bytes.length < lengthBytes) throw invalidSafetensors(subject, `it has only ${bytes.length} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes).getBigUint64(0, true);
  const end = lengthBytes + Number(length);
  if (length > longestHeader) throw invalidSafetensors(subject, `its header claims ${length} bytes`);
  if (end > bytes.length) {
    throw invalidSafetensors(subject, `it ends within its header (${bytes.length} of at least ${end} bytes)`);
  }
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(bytes.subarray(lengthBytes, end)), end };
  } catch (error) {
    throw invalidSafetensors(subject, 'its header is not text', error);
  }
}

/**
 * Reads arrays from the safetensors format; value types F32, I32, F16 and BF16 (the last two become float32).
 *
 * @param bytes the whole file
 * @param options how error messages call it, and whether a checksum must be there
 * @throws `DataError` if lengths, offsets, types or the checksum do not fit
 */
export function decodeSafetensors(bytes: Uint8Array, options: DecodeSafetensorsOptions = {}): Safetensors {
  const { subject = 'The data', requireChecksum = false } = options;
  const { text, end } = readHeaderText(subject, bytes);
  const values = bytes.subarray(end);
  const header = parseHeader(subject, text, values.length);
  const arrays = header.entries.map(({ name, dtype, shape, offsets }): [string, StateArray] => {
    const type = elementTypes.get(dtype);
    if (type === undefined) throw invalidSafetensors(subject, `value type ${dtype}`);
    return [name, { shape, data: type.read(values.subarray(...offsets)) }];
  });
  const { [checksumKey]: expected, ...metadata } = header.metadata;
  if (expected === undefined && requireChecksum) throw invalidSafetensors(subject, 'its checksum is missing');
  if (expected !== undefined && expected !== checksum(arrays, metadata)) {
    throw invalidSafetensors(subject, 'its content does not match its checksum');
  }
  return { arrays: Object.fromEntries(arrays), metadata };
}
