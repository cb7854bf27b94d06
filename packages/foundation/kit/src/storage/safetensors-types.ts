/** A value type of a safetensors file that can be read. */
export interface ElementType {
  /** Bytes of one value. */
  readonly size: number;
  /** Makes an array of values out of little-endian bytes. */
  read(bytes: Uint8Array): Float32Array | Int32Array;
}

/** Copies bytes into a buffer of their own, so that wider views may start at its beginning. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function bfloatToFloat(bytes: Uint8Array): Float32Array {
  const wide = Uint32Array.from(new Uint16Array(aligned(bytes)), (bits) => bits << 16);
  return new Float32Array(wide.buffer);
}

/** The value types that can be read, by their names in the format; the 16-bit ones become float32 exactly. */
export const elementTypes: ReadonlyMap<string, ElementType> = new Map([
  ['F32', { size: 4, read: (bytes) => new Float32Array(aligned(bytes)) }],
  ['I32', { size: 4, read: (bytes) => new Int32Array(aligned(bytes)) }],
  ['F16', { size: 2, read: (bytes) => Float32Array.from(new Uint16Array(aligned(bytes)), halfToFloat) }],
  ['BF16', { size: 2, read: bfloatToFloat }],
] satisfies [string, ElementType][]);
