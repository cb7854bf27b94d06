import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { EquipoiseError, type RunContext } from '@equipoise/spec';
import type { Archive } from '../definition.js';
import { lengthOf, transfer } from './transfer.js';

/** Patience of a download. */
export interface Patience {
  /** Milliseconds without a byte after which a connection counts as dead. */
  readonly idle: number;
  /** Milliseconds between a connection that was cut off and the next. */
  readonly pause: number;
  /** How often a mirror that cuts off its connections is asked again. */
  readonly resumptions: number;
}

/** Patience with real servers. */
export const patience: Patience = { idle: 30_000, pause: 1_000, resumptions: 10 };

/**
 * Downloads an archive and checks it. What has arrived is kept, and the next try, of this mirror or another, goes on from
 * there; a file whose checksum is wrong is deleted.
 *
 * @param archive what to download; its mirrors are tried in order
 * @param path where to put it; a part may be there
 * @param context is told the progress, and of each mirror that failed (`EQUIPOISE_MIRROR_FAILED`)
 * @throws EquipoiseError `EQUIPOISE_DOWNLOAD` with what was tried if no mirror gives the archive; StorageError if it cannot be
 *   written; the signal's reason if it is aborted
 */
export async function fetchArchive(
  archive: Archive,
  path: string,
  context: Pick<RunContext, 'signal' | 'report'>,
  settings: Patience = patience,
): Promise<void> {
  const tried: { url: string; reason: string }[] = [];
  for (const url of archive.mirrors) {
    const reason = await fromMirror(url, archive, path, context, settings);
    if (reason === undefined) return;
    tried.push({ url, reason });
    const message = `${archive.name} could not be downloaded from ${url}: ${reason}.`;
    context.report({ type: 'warning', code: 'EQUIPOISE_MIRROR_FAILED', message, details: { url, reason } });
  }
  throw downloadFailure(archive, tried, await lengthOf(path));
}

/** Gets the whole file from one mirror; returns why it could not. */
async function fromMirror(
  url: string,
  archive: Archive,
  path: string,
  { signal, report }: Pick<RunContext, 'signal' | 'report'>,
  { idle, pause, resumptions }: Patience,
): Promise<string | undefined> {
  const onProgress = throttled((done) =>
    report({ type: 'progress', label: `download ${archive.name}`, done, total: archive.bytes }),
  );
  for (let resumption = 0; ; resumption++) {
    const before = await lengthOf(path);
    try {
      await transfer({ url, path, bytes: archive.bytes, idle, signal, onProgress });
    } catch (error) {
      signal?.throwIfAborted();
      if (EquipoiseError.isInstance(error)) throw error;
      if (resumption >= resumptions || (await lengthOf(path)) === before) return reasonOf(error);
      await wait(pause, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
      continue;
    }
    const found = await sha256(path);
    if (found === archive.sha256) return undefined;
    await rm(path);
    if (before === 0 || resumption >= resumptions) return `its SHA-256 is ${found}, expected ${archive.sha256}`;
  }
}

/** Tells of progress at most once a mebibyte, and at the end of it. */
function throttled(tell: (bytes: number) => void): (bytes: number) => void {
  let told = -Infinity;
  return (bytes) => {
    if (bytes - told < 1 << 20) return;
    told = bytes;
    tell(bytes);
  };
}

/** What happened: the innermost cause, since `fetch` only says that it failed. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return reasonOf(cause);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

function downloadFailure(
  { name, folder, bytes }: Archive,
  tried: readonly { url: string; reason: string }[],
  kept: number,
): EquipoiseError {
  const attempts = tried.map(({ url, reason }) => `  ${url}: ${reason}`).join('\n');
  const rest = kept > 0 ? ` ${kept} of ${bytes} bytes are kept; the next try goes on from there.` : '';
  return new EquipoiseError(
    'EQUIPOISE_DOWNLOAD',
    `${name} could not be downloaded. Tried:\n${attempts}\n` +
      `Without a network: get ${name} by other means, unpack it, and give the folder ${folder} as dataDir; ` +
      `CIFAR-10 also has a small sample in the package (sample: true).${rest}`,
    { details: { archive: name, tried, kept } },
  );
}
