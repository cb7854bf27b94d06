import { DataError, type StateArray } from '@equipoise/spec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';

/** A file as the format's specification describes it, byte by byte. */
function fileOf(header: string, values: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + values.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(values, 8 + text.length);
  return bytes;
}

const oneFloat = [0, 0, 0x80, 0x3f];

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const stateArray: fc.Arbitrary<StateArray> = shapes.chain((shape) => {
  const length = shape.reduce((product, axis) => product * axis, 1);
  const size = { minLength: length, maxLength: length };
  return fc
    .oneof(fc.float32Array(size), fc.int32Array(size))
    .map((data) => ({ shape, data: data as StateArray['data'] }));
});
const text = fc.string({ unit: 'grapheme' });
const arrays = fc.dictionary(
  text.filter((name) => name !== '__metadata__'),
  stateArray,
  { maxKeys: 5 },
);
const metadata = fc.dictionary(
  text.filter((key) => key !== 'equipoise.sha256'),
  text,
  { maxKeys: 3 },
);

const sample = () =>
  encodeSafetensors(
    {
      'model.kernel': { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, NaN, Infinity, -0) },
      counter: { shape: [], data: Int32Array.of(7) },
    },
    { step: '12' },
  );

describe('reading bytes that others wrote', () => {
  test('the smallest file of the specification', () => {
    const bytes = fileOf('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', oneFloat);
    expect(decodeSafetensors(bytes)).toEqual({ arrays: { x: { shape: [1], data: Float32Array.of(1) } }, metadata: {} });
  });

  test('a file that the Python package safetensors 0.8.0 wrote, half floats included', () => {
    const written =
      'qAAAAAAAAAB7InciOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsM10sImRhdGFfb2Zmc2V0cyI6WzAsMjRdfSwibiI6eyJkdHlwZSI6IkkzMiIsInNoYXBlIjpb' +
      'Ml0sImRhdGFfb2Zmc2V0cyI6WzI0LDMyXX0sImgiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzRdLCJkYXRhX29mZnNldHMiOlszMiw0MF19fSAAAAAAAACAPwAA' +
      'AEAAAEBAAACAQAAAoEABAAAA/v///wA+AMABAAB8';
    const { arrays } = decodeSafetensors(Buffer.from(written, 'base64'));
    expect(arrays['w']).toEqual({ shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) });
    expect(arrays['n']).toEqual({ shape: [2], data: Int32Array.of(1, -2) });
    expect(arrays['h']).toEqual({ shape: [4], data: Float32Array.of(1.5, -2, 2 ** -24, Infinity) });
  });

  test('bfloat16 becomes float32', () => {
    const bytes = fileOf('{"x":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}', [0x80, 0x3f, 0x00, 0xc0]);
    expect(decodeSafetensors(bytes).arrays['x']?.data).toEqual(Float32Array.of(1, -2));
  });
});

describe('writing', () => {
  test('what was written is read back bit by bit, from the middle of a larger buffer, too', () => {
    fc.assert(
      fc.property(arrays, metadata, fc.nat(7), (given, facts, start) => {
        const bytes = encodeSafetensors(given, facts);
        const larger = new Uint8Array(bytes.length + start);
        larger.set(bytes, start);
        const read = decodeSafetensors(larger.subarray(start), { requireChecksum: true });
        expect(Object.keys(read.arrays).sort()).toEqual(Object.keys(given).sort());
        expect(read.metadata).toEqual({ ...facts });
        for (const [name, { shape, data }] of Object.entries(given)) {
          const got = Object.getOwnPropertyDescriptor(read.arrays, name)?.value as StateArray;
          expect(got.shape).toEqual(shape);
          expect(got.data.constructor).toBe(data.constructor);
          expect(Buffer.from(got.data.buffer).equals(Buffer.from(data.slice().buffer))).toBe(true);
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('values start at a multiple of eight and follow one another in the order of names', () => {
    const bytes = sample();
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown>;
    expect(length % 8).toBe(0);
    expect(Object.keys(header)).toEqual(['__metadata__', 'counter', 'model.kernel']);
    expect(header['counter']).toEqual({ dtype: 'I32', shape: [], data_offsets: [0, 4] });
    expect(header['model.kernel']).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [4, 28] });
    expect(bytes.length).toBe(8 + length + 28);
  });

  test('the order in which arrays are given does not change the bytes', () => {
    const a = { shape: [1], data: Float32Array.of(1) };
    const b = { shape: [1], data: Int32Array.of(2) };
    expect(encodeSafetensors({ a, b })).toEqual(encodeSafetensors({ b, a }));
  });

  test('a shape that does not fit its values, and the reserved name, are refused', () => {
    expect(() => encodeSafetensors({ x: { shape: [3], data: new Float32Array(2) } })).toThrow(/\[3\]; expected \[2\]/);
    expect(() => encodeSafetensors({ __metadata__: { shape: [], data: new Float32Array(1) } })).toThrow(/reserves/);
  });
});

describe('damage', () => {
  test('a file cut off anywhere is refused', () => {
    const bytes = sample();
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeSafetensors(bytes.subarray(0, length), { subject: 'cut.safetensors' })).toThrow(
        /^cut\.safetensors is damaged or not a safetensors file: /,
      );
    }
  });

  test('a changed byte anywhere is refused, or changes nothing that is read', () => {
    const bytes = sample();
    const whole = decodeSafetensors(bytes);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (position, change) => {
        const damaged = bytes.slice();
        damaged[position] = (damaged[position] ?? 0) ^ change;
        try {
          expect(decodeSafetensors(damaged, { requireChecksum: true })).toEqual(whole);
        } catch (error) {
          expect(DataError.isInstance(error, 'EQUIPOISE_DATA'), String(error)).toBe(true);
        }
      }),
      { seed: 2, numRuns: 3000 },
    );
  });

  test('every changed byte of the values is noticed', () => {
    const bytes = sample();
    for (let position = bytes.length - 28; position < bytes.length; position += 1) {
      const damaged = bytes.slice();
      damaged[position] = (damaged[position] ?? 0) ^ 1;
      expect(() => decodeSafetensors(damaged)).toThrow(/does not match its checksum/);
    }
  });

  const entry = (dtype: string, shape: string, offsets: string) =>
    `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;
  const float = (offsets: string) => entry('"F32"', '[1]', offsets);
  test.each([
    ['an unknown type', `{"x":${entry('"F8_E4M3"', '[4]', '[0,4]')}}`, /"F8_E4M3"; understood: F32, I32, F16, BF16/],
    ['a shape that is no list', `{"x":${entry('"F32"', '1', '[0,4]')}}`, /no valid shape/],
    ['a negative length', `{"x":${entry('"F32"', '[-1]', '[0,4]')}}`, /no valid shape/],
    ['three offsets', `{"x":${entry('"F32"', '[1]', '[0,4,8]')}}`, /no valid data_offsets/],
    ['too few bytes', `{"x":${entry('"F32"', '[2]', '[0,4]')}}`, /needs 8 bytes, but has 4/],
    ['an overlap', `{"x":${float('[0,4]')},"y":${float('[0,4]')}}`, /overlaps/],
    ['a gap', `{"x":${float('[4,8]')}}`, /does not follow/],
    ['values beyond the end', `{"x":${float('[0,4]')},"y":${float('[4,8]')}}`, /take 8 bytes, but 4 bytes/],
    ['values that no array claims', '{}', /take 0 bytes, but 4 bytes/],
    ['metadata that are no text', `{"__metadata__":{"a":1},"x":${float('[0,4]')}}`, /__metadata__ must hold text/],
    ['an array for a header', '[]', /not a JSON object/],
    ['no JSON', '{"x"', /not JSON/],
    ['an entry that is no object', '{"x":null}', /understood/],
  ])('%s is refused', (_, header, message) => {
    expect(() => decodeSafetensors(fileOf(header, oneFloat))).toThrow(message);
  });

  test('a header that claims to be longer than any is refused without reading it', () => {
    expect(() => decodeSafetensors(new Uint8Array(64).fill(255))).toThrow(/claims 18446744073709551615 bytes/);
  });

  test('a header that is no UTF-8 is refused', () => {
    const bytes = fileOf('{"x":1}');
    bytes[10] = 0xff;
    expect(() => decodeSafetensors(bytes)).toThrow(/not text/);
  });

  test('a missing checksum is refused where one is required', () => {
    const bytes = fileOf('{}');
    expect(decodeSafetensors(bytes).arrays).toEqual({});
    expect(() => decodeSafetensors(bytes, { requireChecksum: true })).toThrow(/checksum is missing/);
  });
});
