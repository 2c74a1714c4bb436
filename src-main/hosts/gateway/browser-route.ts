// The studio in a browser: the way in by a link, the built page for whoever is in, and the socket over which the page calls the contract.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Duplex } from 'node:stream';
import { pageHeaders, typeOf } from '../page-headers.ts';
import { readBody } from './body.ts';
import type { Logins } from './login.ts';
import { enterPage, insidePage, outsidePage, printedPage, refusedPage, stalePage } from './login-pages.ts';
import { sendPage } from './plain-page.ts';
import { Refusal } from './refusal.ts';
import type { Route, RouteRequest } from './route.ts';
import type { PageSockets } from './socket.ts';
import type { StaticFile } from './static-files.ts';

export interface BrowserParts {
  readonly logins: Logins;
  readonly files: ReadonlyMap<string, StaticFile>;
  /** What a browser shows on the tab, also before anybody is in. */
  readonly icon: string;
  readonly sockets: PageSockets;
  /** Tells the person a new link: the page asked for one, or the last one was used. */
  readonly printLink: (why: 'asked' | 'used') => void;
  readonly now: () => number;
}

/** A new link is printed no more often than that, ms, and ever more seldom while nobody logs in: whoever reaches the page may ask for one. */
const printMs = 3_000;
const longestPrintMs = 60_000;
const longestForm = 1024;
const iconPath = '/favicon.ico';
const noStore = { 'Cache-Control': 'no-store' };
const notHere = 'This is the port of the studio: models, traces and scores have another.';
const whereModelsAre = 'Give the client the address that stands under Gateway in Atelier, with its port.';

export class BrowserRoute implements Route {
  readonly prefix = '/';
  readonly bodyLimit = longestForm;
  readonly #parts: BrowserParts;
  #printedAt = Number.NEGATIVE_INFINITY;
  #printMs = printMs;

  constructor(parts: BrowserParts) {
    this.#parts = parts;
  }

  /** It lets people in by itself. */
  scope(): undefined {
    return undefined;
  }

  async handle(exchange: RouteRequest): Promise<void> {
    const { request, path } = exchange;
    // A client of models that was given this port reads JSON, no page.
    if (path.startsWith('/v1/')) throw new Refusal(404, notHere, whereModelsAre);
    if (request.method === 'POST') {
      await this.#post(exchange);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      sendPlain(exchange.response, 405, { Allow: 'GET, HEAD, POST' });
      return;
    }
    if (path === '/login' || path.startsWith('/login/')) this.#showLogin(exchange);
    else if (path === '/session') this.#tellSession(exchange);
    else await this.#showFile(exchange);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { logins, sockets } = this.#parts;
    const ended = logins.enteredWith(cookieOf(request), pageKeyOf(request.headers['sec-websocket-protocol']));
    const isSocket = request.url === '/socket';
    if (!isSocket || !isOwnOrigin(request) || ended === undefined) {
      socket.end(
        `HTTP/1.1 ${isSocket ? '403 Forbidden' : '404 Not Found'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
      return;
    }
    const cookie = cookieOf(request);
    sockets.take(request, socket, head, { ended, use: () => logins.isIn(cookie) });
  }

  #showLogin({ request, response, path }: RouteRequest): void {
    const { logins } = this.#parts;
    const token = path.slice('/login/'.length);
    const withBody = request.method === 'GET';
    if (token !== '')
      sendPage(
        response,
        logins.isOpen(token) ? 200 : 410,
        logins.isOpen(token) ? enterPage(token) : stalePage,
        withBody,
      );
    else if (logins.isIn(cookieOf(request))) sendPage(response, 200, insidePage, withBody);
    else sendPage(response, 200, outsidePage, withBody);
  }

  /** Where a page's socket does not open, the page learns here whether that is for want of a login. */
  #tellSession({ request, response }: RouteRequest): void {
    const key = request.headers['x-atelier-page'];
    const session = this.#parts.logins.enteredWith(cookieOf(request), typeof key === 'string' ? key : undefined);
    sendPlain(response, session === undefined ? 403 : 204, {});
  }

  async #showFile({ request, response, path }: RouteRequest): Promise<void> {
    const { logins, files, icon } = this.#parts;
    const withBody = request.method === 'GET';
    if (path === iconPath) {
      await sendFile(request, response, { path: icon, type: typeOf(extname(icon)), isImmutable: false });
      return;
    }
    if (!logins.isIn(cookieOf(request))) {
      sendPage(response, 403, outsidePage, withBody);
      return;
    }
    const file = files.get(path === '/' ? '/index.html' : path);
    if (file === undefined) {
      sendPlain(response, 404, {});
      return;
    }
    await sendFile(request, response, file);
  }

  async #post(exchange: RouteRequest): Promise<void> {
    const { request, response, path } = exchange;
    if (!isOwnOrigin(request)) {
      sendPage(response, 403, refusedPage);
      return;
    }
    if (path === '/login') await this.#enter(exchange);
    else if (path === '/login/new') this.#printLink(response);
    else if (path === '/logout') this.#leave(exchange);
    else sendPlain(response, 404, {});
  }

  async #enter({ request, response }: RouteRequest): Promise<void> {
    const { logins, printLink } = this.#parts;
    const token = new URLSearchParams((await readBody(request, longestForm)).toString('utf8')).get('token') ?? '';
    const entry = logins.enter(token);
    if (entry === undefined) {
      sendPage(response, 410, stalePage);
      return;
    }
    redirect(response, `/#key=${entry.pageKey}`, cookieHeader(request, entry.cookie));
    this.#printMs = printMs;
    printLink('used');
  }

  #printLink(response: ServerResponse): void {
    const { now, printLink } = this.#parts;
    if (now() - this.#printedAt >= this.#printMs) {
      this.#printMs = Math.min(2 * this.#printMs, longestPrintMs);
      this.#printedAt = now();
      printLink('asked');
    }
    sendPage(response, 200, printedPage);
  }

  #leave({ request, response }: RouteRequest): void {
    this.#parts.logins.end(cookieOf(request));
    redirect(response, '/login', `${cookieHeader(request, '')}; Max-Age=0`);
  }
}

/** Whether the request comes from a page of this very server. `asked`: a WebSocket always names its origin, and so does a form. */
function isOwnOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  return host !== undefined && origin === `http://${host}`;
}

/** Cookies go to all ports of a host: the name carries ours, so that two studios do not take each other's away. */
function cookieName(request: IncomingMessage): string {
  return `atelier-${request.socket.localPort ?? 0}`;
}

function cookieHeader(request: IncomingMessage, value: string): string {
  return `${cookieName(request)}=${value}; Path=/; HttpOnly; SameSite=Strict`;
}

function cookieOf(request: IncomingMessage): string | undefined {
  const start = `${cookieName(request)}=`;
  const found = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
  return found.find((part) => part.startsWith(start))?.slice(start.length);
}

const keyProtocol = 'atelier.key.';

/** A browser lets a page send nothing else along with a WebSocket than the protocols it offers. */
function pageKeyOf(protocols: string | undefined): string | undefined {
  const offered = (protocols ?? '').split(',').map((part) => part.trim());
  return offered.find((part) => part.startsWith(keyProtocol))?.slice(keyProtocol.length);
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { path, type, isImmutable }: StaticFile,
): Promise<void> {
  const bytes = await readFile(path);
  response.writeHead(200, {
    ...pageHeaders([`ws://${request.headers.host ?? ''}`]),
    'Content-Type': type,
    'Content-Length': bytes.length,
    'Cache-Control': isImmutable ? 'private, max-age=31536000, immutable' : 'no-store',
  });
  response.end(request.method === 'GET' ? bytes : undefined);
}

function redirect(response: ServerResponse, to: string, cookie: string): void {
  response.writeHead(303, {
    ...noStore,
    Location: to,
    'Set-Cookie': cookie,
    'Referrer-Policy': 'no-referrer',
    'Content-Length': 0,
  });
  response.end();
}

function sendPlain(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>): void {
  response.writeHead(status, {
    ...noStore,
    ...headers,
    'X-Content-Type-Options': 'nosniff',
    ...(status === 204 ? {} : { 'Content-Length': 0 }),
  });
  response.end();
}
