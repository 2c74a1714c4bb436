// The page's WebSocket: calls of the contract in, answers out, no faster than the page takes them.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { RPCHandler } from '@orpc/server/websocket';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { Context } from '#handlers/context';
import { maskedInput } from '#handlers/masked-input';
import { router } from '#handlers/router';

/** Of one connection: its context, and what is to end with it. */
export interface Connection {
  readonly context: Context;
  readonly close: () => void;
}

export interface SocketSession {
  /** Aborts when the session ends. */
  readonly ended: AbortSignal;
  /** Notes that the session is in use; false once it has ended. */
  readonly use: () => boolean;
}

/** Longest message that a page may send. */
const longestMessage = 16 * 1024 * 1024;
/** While so much waits to go out, nothing more is taken in. */
const muchWaiting = 4 * 1024 * 1024;
/** Whoever lets so much wait does not read at all. */
const tooMuchWaiting = 256 * 1024 * 1024;
/** A connection that has not answered the last ping when the next is due is dead, ms. */
const pingMs = 30_000;
/** Close code: log in again. */
export const sessionEnded = 4401;

/** The one that the server answers with; the other that a page offers holds its key. */
const protocol = 'atelier';

type Data = Parameters<WebSocket['send']>[0];

export class PageSockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessage,
    perMessageDeflate: false,
    clientTracking: true,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  });
  readonly #handler = new RPCHandler(router, { clientInterceptors: [maskedInput] });
  readonly #connect: () => Connection;

  constructor(connect: () => Connection) {
    this.#connect = connect;
  }

  /** Completes the handshake of a request that was let in. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer, session: SocketSession): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#serve(webSocket, session));
  }

  close(): void {
    for (const webSocket of this.#server.clients) webSocket.close(1001, 'Atelier ends');
    // Who does not answer that is not waited for.
    setTimeout(() => this.#endAll(), 500).unref();
    this.#server.close();
  }

  #endAll(): void {
    for (const webSocket of this.#server.clients) webSocket.terminate();
  }

  #serve(webSocket: WebSocket, { ended, use }: SocketSession): void {
    const { context, close } = this.#connect();
    const end = (): void => webSocket.close(sessionEnded, 'The session has ended');
    ended.addEventListener('abort', end);
    const stopPinging = keepAlive(webSocket, use);
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('close', () => {
      ended.removeEventListener('abort', end);
      stopPinging();
      this.#handler.close(peer);
      close();
    });
    const peer = { send: (data: Data) => send(data), addEventListener: () => undefined };
    const send = paced(webSocket, (data) => {
      // Nothing that our page sends.
      this.#handler.message(peer, textOf(data), { context }).catch(() => webSocket.close(1002, 'Not understood'));
    });
    if (ended.aborted) end();
  }
}

/**
 * Gives each message to `take`, but while much of what was answered has not gone out yet, and the socket is not read meanwhile. Returns what
 * sends: its promise keeps a stream's next message back until the one before has gone out.
 */
function paced(webSocket: WebSocket, take: (data: RawData) => void): (data: Data) => Promise<void> {
  const waiting: RawData[] = [];
  let isTaking = false;
  const next = (): void => {
    const data = webSocket.bufferedAmount > muchWaiting ? undefined : waiting.shift();
    isTaking = data !== undefined;
    if (data === undefined) {
      if (waiting.length === 0 && webSocket.isPaused) webSocket.resume();
      return;
    }
    take(data);
    // What it is answered at once is seen before the next is taken.
    setImmediate(next);
  };
  const goOn = (): void => {
    if (!isTaking) next();
  };
  webSocket.on('message', (data) => {
    waiting.push(data);
    goOn();
    if (waiting.length > 0) webSocket.pause();
  });
  return (data) =>
    new Promise((resolve) => {
      if (webSocket.bufferedAmount > tooMuchWaiting) webSocket.terminate();
      // Where it could not be sent the connection is closing, which ends everything that goes over it.
      webSocket.send(data, () => {
        goOn();
        resolve();
      });
    });
}

/** Pages send text; it comes in pieces where it was sent so. */
function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data).toString('utf8');
}

function keepAlive(webSocket: WebSocket, use: () => boolean): () => void {
  let hasAnswered = true;
  webSocket.on('pong', () => {
    hasAnswered = true;
    use();
  });
  const timer = setInterval(() => {
    if (!hasAnswered) webSocket.terminate();
    hasAnswered = false;
    webSocket.ping();
  }, pingMs);
  timer.unref();
  return () => clearInterval(timer);
}
