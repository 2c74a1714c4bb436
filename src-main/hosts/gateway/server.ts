// The loopback server: one address, strict about who asks and how; what it answers with are routes.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayKey } from '#contract/gateway';
import type { Denial } from '#engine/gateway/key-limits';
import { Problem, sentenceOf } from '#engine/problem';
import { checkNoKeyInQuery, checkRequest, presentedKey, type Target } from './guards.ts';
import { rawRefusal, Refusal, refusalFrom, refusalOf, writeRefusal } from './refusal.ts';
import type { Route } from './route.ts';

const loopback = '127.0.0.1';

export interface ServerParts {
  /** 0: any that is free. */
  readonly port: number;
  readonly routes: readonly Route[];
  /** Whose key it is, or why it opens nothing. */
  readonly authenticate: (presented: string) => GatewayKey | Denial;
  /** What went wrong inside, for the log of the host. */
  readonly failed: (sentence: string) => void;
  readonly bounds?: Partial<ServerBounds>;
}

/** ms and counts. */
export interface ServerBounds {
  readonly connections: number;
  /** From the first byte of a request (or the connection) until its headers are whole. */
  readonly headersMs: number;
  /** Until its body is whole. */
  readonly requestMs: number;
  /** A connection without a request. */
  readonly idleMs: number;
  /** How often the two above are looked at. */
  readonly checkMs: number;
  /** How long a client may leave the end of an answer unread. */
  readonly readMs: number;
  /** How long streams may go on when the server closes. */
  readonly closeMs: number;
}

const usual: ServerBounds = {
  connections: 4096,
  headersMs: 10_000,
  requestMs: 60_000,
  idleMs: 65_000,
  checkMs: 2000,
  readMs: 60_000,
  closeMs: 3000,
};
const longestHeaders = 32 * 1024;

export interface OpenServer {
  /** "http://127.0.0.1:4140". */
  readonly address: string;
  readonly port: number;
  /** Takes nothing new, lets answers end up to the bound, then cuts them. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 and nowhere else. Throws a Problem: CONFLICT where the port is taken, REFUSED where it may not be had. */
export async function openServer(parts: ServerParts): Promise<OpenServer> {
  const bounds = { ...usual, ...parts.bounds };
  const server = createServer({
    insecureHTTPParser: false,
    maxHeaderSize: longestHeaders,
    headersTimeout: bounds.headersMs,
    requestTimeout: bounds.requestMs,
    keepAliveTimeout: bounds.idleMs,
    connectionsCheckingInterval: bounds.checkMs,
    noDelay: true,
    requireHostHeader: false,
    // Java's client asks every server for HTTP/2 so; that is no reason to fail.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  });
  server.maxConnections = bounds.connections;
  // Node leaves out what is too much without a word; the size is bounded, and the guards count.
  server.maxHeadersCount = 0;
  const loopbackServer = new LoopbackServer(server, parts, bounds);
  const port = await listen(server, parts.port);
  loopbackServer.hosts = [`${loopback}:${port}`, `localhost:${port}`];
  return { address: `http://${loopback}:${port}`, port, close: () => loopbackServer.close() };
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host: loopback, port, exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new Problem(
        'CONFLICT',
        `Port ${port} is taken by another program.`,
        'End that program, or start the gateway on another port.',
        { cause: error },
      );
    }
    throw new Problem(
      'REFUSED',
      `The gateway cannot listen on port ${port}: ${sentenceOf(error)}`,
      'Choose another port.',
      {
        cause: error,
      },
    );
  }
  const { address, port: given } = server.address() as AddressInfo;
  if (address !== loopback) {
    server.close();
    throw new Problem('REFUSED', `The gateway would listen on ${address}, which others may reach.`);
  }
  return given;
}

class LoopbackServer {
  hosts: readonly string[] = [];
  readonly #server: Server;
  readonly #parts: ServerParts;
  readonly #bounds: ServerBounds;
  readonly #routes: readonly Route[];
  readonly #upgraded = new Set<Duplex>();
  readonly #underWay = new Set<AbortController>();
  /** The answer under way on a connection. */
  readonly #answers = new WeakMap<Duplex, ServerResponse>();
  /** Answers that are refusals, which need nothing more of the request. */
  readonly #refused = new WeakSet<ServerResponse>();
  /** Connections that broke and were told so. */
  readonly #broken = new WeakSet<Duplex>();
  #isClosing = false;

  constructor(server: Server, parts: ServerParts, bounds: ServerBounds) {
    this.#server = server;
    this.#parts = parts;
    this.#bounds = bounds;
    this.#routes = parts.routes.toSorted((one, other) => other.prefix.length - one.prefix.length);
    server.on('request', (request, response) => void this.#handle(request, response, false));
    server.on('checkContinue', (request, response) => void this.#handle(request, response, true));
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
      writeRefusal(request, response, pathOf(request), new Refusal(417, 'Only "expect: 100-continue" is understood.')),
    );
    server.on('connect', (_request, socket) =>
      end(socket, new Refusal(405, 'CONNECT is not answered here: this is no proxy.')),
    );
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      const answer = this.#answers.get(socket);
      if (answer !== undefined && this.#refused.has(answer)) answer.end();
      // What is half written cannot become a refusal.
      else if (!socket.writable || error.code === 'ECONNRESET' || answer?.headersSent === true) socket.destroy();
      else {
        this.#broken.add(socket);
        end(socket, unreadable(error));
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#upgraded) socket.destroy();
    this.#server.closeIdleConnections();
    const patience = setTimeout(() => {
      for (const one of this.#underWay) one.abort(new Error('the server closes'));
      this.#server.closeAllConnections();
    }, this.#bounds.closeMs);
    await closed;
    clearTimeout(patience);
  }

  async #handle(request: IncomingMessage, response: ServerResponse, isExpecting: boolean): Promise<void> {
    const { socket } = request;
    const gone = new AbortController();
    this.#underWay.add(gone);
    this.#answers.set(socket, response);
    response.once('close', () => {
      this.#underWay.delete(gone);
      this.#answers.delete(socket);
      if (!response.writableFinished) gone.abort(new Error('the client went away'));
      if (this.#isClosing) this.#server.closeIdleConnections();
    });
    response.once('prefinish', () => cutUnread(response, this.#bounds.readMs));
    response.sendDate = false;
    let path = pathOf(request);
    try {
      const target = checkRequest(request, this.hosts);
      path = target.path;
      if (this.#isClosing)
        throw new Refusal(503, 'The gateway is closing.', undefined, { headers: { connection: 'close' } });
      const route = this.#routeOf(target);
      const key = await this.#enter(route, request, target);
      if (Number(request.headers['content-length'] ?? 0) > route.bodyLimit) {
        throw new Refusal(413, `A body sent to ${path} may be ${route.bodyLimit} bytes long.`);
      }
      // While an answer before it is under way Node would put it amid this one; clients do not wait for it for ever.
      if (isExpecting && response.socket !== null) response.writeContinue();
      const isStillIn = (): boolean => this.#isIn(route, request, path);
      await route.handle({ request, response, path, query: target.query, key, isStillIn, signal: gone.signal });
    } catch (error) {
      try {
        this.#fail(request, response, path, error);
      } catch (worse) {
        // Nothing that is asked may end the process.
        this.#parts.failed(`The gateway could not say so: ${sentenceOf(worse)}`);
        response.destroy();
      }
    }
  }

  #routeOf({ path }: Target): Route {
    const route = this.#routes.find(({ prefix }) => path.startsWith(prefix));
    if (route !== undefined) return route;
    throw new Refusal(
      404,
      `There is nothing at ${path}.`,
      'Clients of models are given the address with /v1 at its end.',
    );
  }

  async #enter(route: Route, request: IncomingMessage, { path, query }: Target): Promise<GatewayKey | undefined> {
    const scope = route.scope(request.method ?? '', path);
    if (scope === undefined) return undefined;
    checkNoKeyInQuery(query);
    const presented = presentedKey(request);
    if (presented === undefined) {
      throw new Refusal(
        401,
        'A key is needed.',
        'Make one under Gateway in Atelier, and give it to the client as its API key.',
        { headers: { 'www-authenticate': 'Bearer' } },
      );
    }
    const found = this.#parts.authenticate(presented);
    if ('status' in found) {
      if (found.delayMs !== undefined) await sleep(found.delayMs, undefined, { ref: false });
      throw refusalOf(found);
    }
    if (found.settings.scopes.includes(scope)) return found;
    throw new Refusal(
      403,
      `The key ${JSON.stringify(found.settings.label)} is not for this: it needs the scope "${scope}".`,
      'Change the key under Gateway in Atelier.',
    );
  }

  #isIn(route: Route, request: IncomingMessage, path: string): boolean {
    const scope = route.scope(request.method ?? '', path);
    if (scope === undefined) return true;
    const found = this.#parts.authenticate(presentedKey(request) ?? '');
    return !('status' in found) && found.settings.scopes.includes(scope);
  }

  #fail(request: IncomingMessage, response: ServerResponse, path: string, error: unknown): void {
    if (response.destroyed || this.#broken.has(request.socket)) return;
    const known = refusalFrom(error);
    if (known === undefined) {
      const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#parts.failed(`The gateway failed at ${request.method} ${path}: ${told}`);
    }
    const refusal = known ?? new Refusal(500, 'Something went wrong inside Atelier.', 'Its log says what.');
    if (!response.headersSent) this.#refused.add(response);
    writeRefusal(request, response, path, refusal);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A client that goes away here is no failure.
    socket.on('error', () => socket.destroy());
    try {
      const target = checkRequest(request, this.hosts);
      const route = this.#routeOf(target);
      if (route.upgrade === undefined || this.#isClosing) {
        throw new Refusal(404, `There is no WebSocket at ${target.path}.`);
      }
      this.#upgraded.add(socket);
      socket.once('close', () => this.#upgraded.delete(socket));
      route.upgrade(request, socket, head);
    } catch (error) {
      const known = refusalFrom(error);
      if (known === undefined) this.#parts.failed(`The gateway failed at a WebSocket: ${sentenceOf(error)}`);
      end(socket, known ?? new Refusal(500, 'Something went wrong inside Atelier.', 'Its log says what.'));
    }
  }
}

/** All has been said: who does not take it would have it kept here for ever. */
function cutUnread(response: ServerResponse, ms: number): void {
  if (response.writableLength === 0) return;
  const patience = setTimeout(() => response.destroy(), ms).unref();
  response.once('close', () => clearTimeout(patience));
}

/** The asked path as it came, to tell whose errors are read there. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

function end(socket: Duplex, refusal: Refusal): void {
  // Who goes away meanwhile is no failure; what nobody listens for would end the process.
  socket.on('error', () => socket.destroy());
  socket.end(rawRefusal(refusal), () => socket.destroy());
}

/** Why a request could not be read, by what Node's parser says. */
function unreadable({ code, message }: NodeJS.ErrnoException): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') return new Refusal(431, `The headers are longer than ${longestHeaders} bytes.`);
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return new Refusal(413, 'The extensions of a chunk are too long.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Refusal(408, 'The request came too slowly.');
  return new Refusal(400, `The request is not HTTP as it should be: ${message.replace(/^Parse Error: /u, '')}.`);
}
