// One request and its answer on one connection.
import type { ClientRequest, IncomingMessage } from 'node:http';
import { HttpFailure, type HttpHeader, type HttpRequest, type HttpResponse } from '#engine/network-ports';
import { HttpBody } from './http-body.ts';
import { SocketMeter, type Traffic } from './http-meter.ts';

/** A body is given to the system in pieces of so many bytes, so that of an aborted one it is known about how much had left. */
const pieceBytes = 64 * 1024;
/** A kept connection that its server has closed fails as soon as it is written to; later than that, ms, it is the server that failed. */
const deadSocketMs = 1000;
const deadSocketCodes: readonly string[] = ['ECONNRESET', 'EPIPE'];

export interface Sending extends HttpRequest {
  /** For messages. */
  readonly host: string;
  /** By when the head must have come, as `performance.now()` counts. */
  readonly deadline: number;
  /** Makes the request, its headers complete, nothing written yet. */
  readonly start: () => ClientRequest;
  /** Bytes of an earlier try. */
  readonly before: Traffic;
}

/** The connection was kept from before and dead already. */
export class DeadSocket extends HttpFailure {}

/** Resolves with the head of the answer; rejects with HttpFailure, DeadSocket where it may be tried again. */
export function exchange(sending: Sending): Promise<HttpResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const { signal, host } = sending;
  const meter = new SocketMeter(sending.before);
  const request = sending.start();
  let body: HttpBody | undefined;

  const stopWatching = (): void => {
    clearTimeout(patience);
    signal.removeEventListener('abort', abort);
  };
  const fail = (code: string, message: string): void => {
    const isDead = body === undefined && deadSocketCodes.includes(code) && meter.isUnanswered(deadSocketMs);
    const traffic = meter.freeze();
    stopWatching();
    request.destroy();
    const failure = new (isDead ? DeadSocket : HttpFailure)(code, message, traffic);
    if (body === undefined) reject(failure);
    else body.finish(failure);
  };
  const abort = (): void => fail('ABORTED', 'The request was called off.');
  let answer: IncomingMessage | undefined;
  const failWith = (error: NodeJS.ErrnoException): void => {
    // It has come, if not yet to its reader: what happens to the connection then is nothing to it.
    if (answer?.complete === true) return;
    const code = error.code ?? 'FAILED';
    fail(code, sentence(code, host, error));
  };
  const patience = setTimeout(
    () => fail('TIMEOUT', `${host} did not answer within ${sending.headMs} ms.`),
    Math.max(0, sending.deadline - performance.now()),
  );
  signal.addEventListener('abort', abort, { once: true });

  // Headers are bounded by their size alone.
  request.maxHeadersCount = 0;
  request.on('socket', (socket) => meter.attach(socket));
  request.on('error', failWith);
  request.on('close', () => {
    if (answer === undefined) fail('ECONNRESET', sentence('ECONNRESET', host));
  });
  request.on('upgrade', (_, socket) => {
    socket.destroy();
    fail('UPGRADE', `${host} wants to speak another protocol than HTTP.`);
  });
  request.on('response', (message) => {
    const { statusCode: status = 0, statusMessage: reason = '' } = message;
    // Node's parser takes "HTTP/1.1 099"; what Node sent ahead of the answer (1xx) does not come here.
    if (status < 200) {
      fail('HPE_INVALID_STATUS', sentence('HPE_INVALID_STATUS', host));
      return;
    }
    clearTimeout(patience);
    answer = message;
    message.on('error', failWith);
    message.on('end', () => {
      // The connection is another's as soon as this event is over.
      meter.freeze();
      stopWatching();
      if (!request.writableFinished) request.destroy();
      body?.finish();
    });
    body = new HttpBody(message, {
      idleMs: sending.idleMs,
      onIdle: () => fail('TIMEOUT', `${host} sent nothing for ${sending.idleMs} ms.`),
      onLeft: () => fail('LEFT', 'The answer was left before its end.'),
    });
    resolve({
      status,
      // Control characters could not be said on.
      statusText: reason.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/gu, ''),
      headers: headersOf(message),
      body,
      traffic: () => meter.now(),
    });
  });
  if (signal.aborted) abort();
  else write(request, sending.body);
  return promise;
}

function write(request: ClientRequest, body: Uint8Array | undefined): void {
  if (body === undefined || body.length <= pieceBytes) {
    request.end(body);
    return;
  }
  let at = 0;
  const more = (): void => {
    while (at < body.length) {
      const piece = body.subarray(at, at + pieceBytes);
      at += piece.length;
      if (request.write(piece)) continue;
      request.once('drain', more);
      return;
    }
    request.end();
  };
  more();
}

function headersOf({ rawHeaders }: IncomingMessage): HttpHeader[] {
  const headers: HttpHeader[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']);
  return headers;
}

function sentence(code: string, host: string, error?: Error): string {
  if (code === 'ECONNREFUSED') return `Nothing answers at ${host}.`;
  if (code === 'ENOTFOUND') return `There is no host ${host}.`;
  if (code === 'EAI_AGAIN') return `The name ${host} cannot be looked up now.`;
  if (code === 'HPE_HEADER_OVERFLOW') return `The head of ${host}'s answer is too long.`;
  if (code.startsWith('HPE_')) return `${host} answered with something that is not HTTP (${code}).`;
  if (code === 'ECONNRESET' || code === 'EPIPE') return `${host} closed the connection before its answer was whole.`;
  return `The connection to ${host} failed: ${error === undefined || error.message === '' ? code : error.message}.`;
}
