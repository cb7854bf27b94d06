import { DataError } from '@equipoise/spec';

/** The file system of Node. */
export type FileSystem = typeof import('node:fs').promises;

/** The file system; `undefined` in a browser. */
export const fileSystem = (): FileSystem | undefined => globalThis.process?.getBuiltinModule?.('node:fs').promises;

/**
 * Reads a file from the file system, or by `fetch` where the address is neither a path nor `file:`.
 *
 * @param address path or URL
 * @throws DataError with the address if it cannot be read
 */
export async function readBytes(address: string | URL): Promise<Uint8Array> {
  try {
    return await (/^https?:/.test(String(address)) ? fetchBytes(address) : readLocal(address));
  } catch (cause) {
    throw unreadable(String(address), cause);
  }
}

/** The error for a file or folder that cannot be read. */
export function unreadable(address: string, cause: unknown): DataError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DataError(`${address} cannot be read: ${reason}.`, { address }, cause);
}

async function readLocal(path: string | URL): Promise<Uint8Array> {
  const fs = fileSystem();
  if (!fs) throw new Error('this platform has no file system; use the option baseUrl or sample');
  return fs.readFile(path);
}

async function fetchBytes(address: string | URL): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
