import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, storageFailure } from '@equipoise/kit/node';

/** One event of a run: `time` (ISO 8601), mostly `job` and `type`, and what belongs to it. */
export type LoggedEvent = Readonly<Record<string, unknown>>;

async function endsWithinLine(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size === 0) return false;
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
      return buffer.toString() !== '\n';
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** A file of one JSON value a line that grows at its end. */
export interface EventLog {
  /** Adds an event, with the time; events keep the order of the calls. */
  append(event: LoggedEvent): Promise<void>;
}

/**
 * Opens a log. A line that a killed process left unfinished is closed before the first event is added, so that it
 * spoils no other.
 */
export function createEventLog(path: string): EventLog {
  let known = false;
  let queue: Promise<void> = Promise.resolve();
  const write = async (line: string) => {
    try {
      if (!known) await mkdir(dirname(path), { recursive: true });
      const start = !known && (await endsWithinLine(path)) ? '\n' : '';
      known = false;
      await appendFile(path, `${start}${line}\n`);
      known = true;
    } catch (error) {
      throw storageFailure('add an event to', path, error, 'The events before it are intact.');
    }
  };
  return {
    append: (event) => {
      const line = JSON.stringify({ time: new Date().toISOString(), ...event });
      const done = queue.then(() => write(line));
      queue = done.catch(() => undefined);
      return done;
    },
  };
}

function parseLine(line: string): LoggedEvent[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? [value as LoggedEvent] : [];
  } catch {
    return [];
  }
}

/** Reads the events of a log, none if there is no file; lines that a killed process left unfinished are skipped. */
export async function readEvents(path: string): Promise<LoggedEvent[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n').flatMap(parseLine);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw storageFailure('read', path, error);
  }
}
