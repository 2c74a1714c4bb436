// What tests of outbound HTTP need: a client, servers that do what they are told, and what came of it.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { NodeHttp } from '#adapters/http';
import { HttpFailure, type HttpRequest, type HttpResponse } from '#engine/network-ports';
import { startFakeUpstream, type FakeUpstream, type Played, type PlayedRequest } from './upstream/fake-upstream.ts';

export function client(): NodeHttp {
  const http = new NodeHttp();
  onTestFinished(() => http.close());
  return http;
}

export async function upstream(play: (request: PlayedRequest) => Played | Promise<Played>): Promise<FakeUpstream> {
  const server = await startFakeUpstream(play);
  onTestFinished(() => server.close());
  return server;
}

/** A server that does with each of its connections what `serve` does; every byte it gets and gives is counted by the test itself. */
export async function raw(
  serve: (socket: Socket) => void,
): Promise<{ readonly origin: string; readonly sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

export function get(url: string, change: Partial<HttpRequest> = {}): HttpRequest {
  const patience = { headMs: 10_000, idleMs: 10_000 };
  return { method: 'GET', url, headers: [], signal: new AbortController().signal, ...patience, ...change };
}

export async function textOf(response: HttpResponse): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

export async function failureOf(work: Promise<unknown>): Promise<HttpFailure> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HttpFailure)) throw new Error('It did not fail as HTTP does.', { cause: error });
  return error;
}

/** A whole answer. */
export const small = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
