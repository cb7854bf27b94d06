import { DataError } from '@equipoise/spec';

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;
const isIdx = (bytes: Uint8Array) => bytes[0] === 0 && bytes[1] === 0;

/**
 * Decompresses a gzipped file; an IDX file that is not compressed (some web servers decompress on the way) stays as it is.
 *
 * @param name the file, for messages
 * @param bytes its content
 * @throws DataError if the file is neither, or is corrupt or truncated
 */
export async function decompress(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  if (isIdx(bytes)) return bytes;
  if (!isGzip(bytes)) {
    const start = Array.from(bytes.subarray(0, 2), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new DataError(
      `${name} is not a gzip file: it holds ${bytes.length} bytes${start && ` that begin with ${start}`}; expected 1f 8b.`,
      { file: name, length: bytes.length },
    );
  }
  try {
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(
      `${name} is corrupt or truncated: ${bytes.length} bytes of gzip could not be decompressed (${reason}).`,
      { file: name, length: bytes.length },
      cause,
    );
  }
}

/**
 * Compares a file with its checksum; does nothing where the platform offers no hashes (a page without HTTPS), where gzip's own
 * checksum must do.
 *
 * @param name the file, for messages
 * @param bytes its decompressed content
 * @param expected SHA-256 in hexadecimal
 * @throws DataError if they differ
 */
export async function verifyChecksum(name: string, bytes: Uint8Array, expected: string): Promise<void> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return;
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (found !== expected) {
    throw new DataError(
      `${name} is not the original file: SHA-256 ${found}, expected ${expected}. For other digits in this format set verify to false.`,
      { file: name, found, expected },
    );
  }
}
