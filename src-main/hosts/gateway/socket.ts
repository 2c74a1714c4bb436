// The page's WebSocket: calls of the contract in, answers out, no faster than the page takes them.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { RPCHandler } from '@orpc/server/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Context } from '#handlers/context';
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

export class PageSockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessage,
    perMessageDeflate: false,
    clientTracking: true,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  });
  readonly #handler = new RPCHandler(router);
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
      close();
    });
    // A message waits for the one before it of the same stream, and the page for what it has not read yet.
    const addEventListener: WebSocket['addEventListener'] = webSocket.addEventListener.bind(webSocket);
    void this.#handler.upgrade(
      { addEventListener, send: (data: Parameters<WebSocket['send']>[0]) => sendSlowly(webSocket, data) },
      { context },
    );
    if (ended.aborted) end();
  }
}

function sendSlowly(webSocket: WebSocket, data: Parameters<WebSocket['send']>[0]): Promise<void> {
  return new Promise((resolve) => {
    if (webSocket.bufferedAmount > muchWaiting) webSocket.pause();
    if (webSocket.bufferedAmount > tooMuchWaiting) webSocket.terminate();
    // Where it could not be sent the connection is closing, which ends everything that goes over it.
    webSocket.send(data, () => {
      if (webSocket.isPaused && webSocket.bufferedAmount <= muchWaiting) webSocket.resume();
      resolve();
    });
  });
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
