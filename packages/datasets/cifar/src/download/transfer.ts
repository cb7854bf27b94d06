import { open, rm, stat } from 'node:fs/promises';
import { writing } from './storage-failure.js';

/** A file to be transferred. */
export interface Transfer {
  readonly url: string;
  /** Where what has arrived is kept. */
  readonly path: string;
  /** The length of the whole file. */
  readonly bytes: number;
  /** Milliseconds without a byte after which the connection counts as dead. */
  readonly idle: number;
  readonly signal?: AbortSignal | undefined;
  /** Is told the length of what is there. */
  onProgress(bytes: number): void;
}

/** Length of a file; 0 if there is none. */
export const lengthOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/**
 * Fetches what is missing of a file, by an HTTP range where a part is there already.
 *
 * @throws StorageError if it cannot be written; else what went wrong with the connection, in which case the part stays
 */
export async function transfer(task: Transfer): Promise<void> {
  let start = await lengthOf(task.path);
  if (start > task.bytes) {
    await rm(task.path);
    start = 0;
  }
  if (start === task.bytes) return;
  const dead = new AbortController();
  const timer = setTimeout(() => dead.abort(new Error(`nothing arrived for ${task.idle / 1000} seconds`)), task.idle);
  try {
    const signal = task.signal ? AbortSignal.any([task.signal, dead.signal]) : dead.signal;
    const range = start > 0 ? { range: `bytes=${start}-` } : undefined;
    const response = await fetch(task.url, { headers: { 'accept-encoding': 'identity', ...range }, signal });
    const from = acceptedStart(response, start, task.bytes);
    await receive(response, from, task, () => timer.refresh());
  } finally {
    clearTimeout(timer);
    dead.abort();
  }
}

/** Where the answer's bytes begin: at the range that was asked for, or at 0. */
function acceptedStart(response: Response, start: number, bytes: number): number {
  const { status, statusText, headers } = response;
  if (status !== 200 && !(status === 206 && start > 0))
    throw new Error(`the server answered ${status} ${statusText}`.trim());
  const coding = headers.get('content-encoding');
  if (coding !== null && coding !== 'identity') throw new Error(`the server sends the archive in the coding ${coding}`);
  const from = status === 206 ? Number(/^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1]) : 0;
  if (from !== start && status === 206) throw new Error('the server answered with another range than was asked for');
  const length = headers.get('content-length');
  const total = from + Number(length);
  if (length !== null && total !== bytes) throw new Error(`the server offers ${total} bytes; the archive has ${bytes}`);
  return from;
}

async function receive(response: Response, from: number, task: Transfer, onBytes: () => void): Promise<void> {
  const { path, bytes } = task;
  const kept = 'What has arrived is kept, and the next try goes on from there.';
  const file = await writing('write', path, kept, () => open(path, from === 0 ? 'w' : 'a'));
  const body = response.body as AsyncIterable<Uint8Array> | null;
  let length = from;
  try {
    for await (const chunk of body ?? []) {
      onBytes();
      if (length + chunk.length > bytes)
        throw new Error(`the server sends more than the ${bytes} bytes of the archive`);
      await writing('write', path, kept, () => file.writeFile(chunk));
      length += chunk.length;
      task.onProgress(length);
    }
  } finally {
    await file.close();
  }
  if (length < bytes) throw new Error(`the connection ended after ${length} of ${bytes} bytes`);
}
