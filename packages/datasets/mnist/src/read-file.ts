import { DataError } from '@equipoise/spec';
import type { DataFile } from './files.js';
import type { ReadFile } from './options.js';

/** Where the files are read from. */
export interface FileLocation {
  /** A folder on this machine. */
  readonly dataDir?: string | undefined;
  /** An address that file names are appended to. */
  readonly baseUrl?: string | undefined;
  /** Reads a file by name. */
  readonly read?: ReadFile | undefined;
}

/** The address of a file: in the folder, below the address, or the copy in this package. */
export function fileAddress(file: DataFile, location: FileLocation): string {
  if (location.dataDir !== undefined) return `${location.dataDir.replace(/\/+$/, '')}/${file.name}`;
  if (location.baseUrl !== undefined) return `${location.baseUrl.replace(/\/+$/, '')}/${file.name}`;
  return file.url.href;
}

/**
 * Reads a file: with the hook, from the file system where the address is a path or `file:`, else by `fetch`.
 *
 * @throws DataError with the address if it cannot be read
 */
export async function readFile(file: DataFile, location: FileLocation): Promise<Uint8Array> {
  const address = fileAddress(file, location);
  try {
    if (location.read) return await location.read(file.name);
    if (location.dataDir !== undefined) return await readLocal(address);
    return address.startsWith('file:') ? await readLocal(new URL(address)) : await download(address);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(
      `${file.name} cannot be read${location.read ? '' : ` from ${address}`}: ${reason}.`,
      { file: file.name, ...(location.read ? {} : { address }) },
      cause,
    );
  }
}

async function readLocal(path: string | URL): Promise<Uint8Array> {
  const fs = globalThis.process?.getBuiltinModule?.('node:fs');
  if (!fs) throw new Error('this platform has no file system; use the option baseUrl or read');
  return fs.promises.readFile(path);
}

async function download(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
