import { existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Answers one request; `request` is its number from 0. */
export type Answer = (request: IncomingMessage, response: ServerResponse, number: number) => void;

/** A server on this machine. */
export interface ArchiveServer {
  readonly url: string;
  /** The range of each request, in order; `undefined` where the whole file was asked for. */
  readonly ranges: readonly (string | undefined)[];
  close(): Promise<void>;
}

/** Starts a server. */
export async function serve(answer: Answer): Promise<ArchiveServer> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => answer(request, response, ranges.push(request.headers.range) - 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/toy.tar.gz`,
    ranges,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Heads the answer for the range that is asked for, or for the whole file, and gives the bytes to send. */
export function head(bytes: Uint8Array, request: IncomingMessage, response: ServerResponse): Uint8Array {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': bytes.length - start, ...(start > 0 ? range : {}) });
  return bytes.subarray(start);
}

/** Answers with ranges, as it should be. */
export const whole =
  (bytes: Uint8Array): Answer =>
  (request, response) =>
    void response.end(head(bytes, request, response));

/** Sends so many bytes an answer, waits until they are in the file, and cuts the connection; not so from answer `well` on. */
export const cutOff =
  (bytes: Uint8Array, length: number, path: () => string, well = Infinity): Answer =>
  (request, response, number) => {
    const rest = head(bytes, request, response);
    if (number >= well) return void response.end(rest);
    response.write(rest.subarray(0, length));
    void untilLength(path(), bytes.length - rest.length + length).then(() => response.destroy());
  };

/** Waits until a file is so long. */
export async function untilLength(path: string, length: number): Promise<void> {
  while (!existsSync(path) || statSync(path).size < length) await wait(5);
}

/** An address where nothing listens. */
export async function closedAddress(): Promise<string> {
  const server = await serve(() => undefined);
  await server.close();
  return server.url;
}
