import { DataError } from '@equipoise/spec';
import { elementTypes } from './safetensors-types.js';

/** Where one array lies in the data of a safetensors file. */
interface HeaderEntry {
  /** Name of the array. */
  readonly name: string;
  /** Name of its value type. */
  readonly dtype: string;
  /** Shape; `[]` is a single number. */
  readonly shape: readonly number[];
  /** First byte and the byte after the last, counted from the end of the header. */
  readonly offsets: readonly [begin: number, end: number];
}

/** What the header of a safetensors file says. */
export interface Header {
  /** The arrays in the order of their data. */
  readonly entries: readonly HeaderEntry[];
  /** Text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The error for bytes that are not what the format allows. */
export function invalidSafetensors(subject: string, problem: string, cause?: unknown): DataError {
  return new DataError(`${subject} is damaged or not a safetensors file: ${problem}.`, { subject, problem }, cause);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function parseEntry(subject: string, name: string, value: unknown): HeaderEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const fail = (problem: string) => invalidSafetensors(subject, `array "${name}" ${problem}`);
  const type = typeof dtype === 'string' ? elementTypes.get(dtype) : undefined;
  if (typeof dtype !== 'string' || type === undefined) {
    const known = [...elementTypes.keys()].join(', ');
    throw fail(`has value type ${JSON.stringify(dtype)}; understood: ${known}`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) throw fail(`has no valid shape: ${JSON.stringify(shape)}`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw fail(`has no valid data_offsets: ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce<number>((product, length) => product * length, type.size);
  if (end - begin !== bytes) {
    throw fail(`of shape [${shape.join(', ')}] and type ${dtype} needs ${bytes} bytes, but has ${end - begin}`);
  }
  return { name, dtype, shape: shape as number[], offsets: [begin, end] };
}

function parseMetadata(subject: string, value: unknown): Record<string, string> {
  if (value === undefined) return {};
  const valid =
    typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string');
  if (!valid) throw invalidSafetensors(subject, '__metadata__ must hold text by key');
  return value as Record<string, string>;
}

function checkLayout(subject: string, entries: readonly HeaderEntry[], dataLength: number): void {
  let position = 0;
  for (const { name, offsets } of entries) {
    if (offsets[0] !== position) {
      const what = offsets[0] < position ? 'overlaps the array before it' : 'does not follow the array before it';
      throw invalidSafetensors(subject, `array "${name}" begins at byte ${offsets[0]} and ${what}`);
    }
    position = offsets[1];
  }
  if (position !== dataLength) {
    throw invalidSafetensors(subject, `the arrays take ${position} bytes, but ${dataLength} bytes of data are there`);
  }
}

/**
 * Reads the text of a header and checks that its arrays fill the data without gap or overlap.
 *
 * @throws `DataError` if anything does not fit
 */
export function parseHeader(subject: string, text: string, dataLength: number): Header {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalidSafetensors(subject, 'the header is not JSON', error);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw invalidSafetensors(subject, 'the header is not a JSON object');
  }
  const { __metadata__: metadata, ...arrays } = json as Record<string, unknown>;
  const entries = Object.entries(arrays)
    .map(([name, value]) => parseEntry(subject, name, value))
    .sort((a, b) => a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1]);
  checkLayout(subject, entries, dataLength);
  return { entries, metadata: parseMetadata(subject, metadata) };
}
