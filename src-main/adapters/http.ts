// Outbound HTTP/1.1 on Node's own client: bytes and headers go out and come in as they are, and every byte is counted.
import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Http, HttpRequest, HttpResponse } from '#engine/network-ports';
import { DeadSocket, exchange, type Sending } from './http-exchange.ts';
import { headersToSend } from './http-headers.ts';
import { lookUp } from './http-lookup.ts';

/** One origin gets so many connections at once; what is more waits, within its own patience. */
const socketsPerOrigin = 4096;
const idleSockets = 1024;
/** How long an idle connection is kept, ms, unless its server said less. */
const idleSocketMs = 30_000;
/** Longest head of an answer, bytes. */
const headBytes = 64 * 1024;
export interface NodeHttpOptions {
  /** Certificates to trust besides those that Node comes with, PEM. */
  readonly ca?: string;
}

/**
 * Proxies that environment variables name are not used: a proxy would see what the ledger says goes to the host alone. `localhost` is loopback
 * and asks no name server (RFC 6761, section 6.3).
 *
 * A kept connection may have been closed by its server just as a request is written to it. Where it breaks within a second of that and before
 * a byte of an answer, the request is sent once more on a new connection, and never a third time: the server had closed it before it read the
 * request, or failed so soon that it cannot have done much. The bytes of both tries are counted.
 */
export class NodeHttp implements Http {
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  constructor(options: NodeHttpOptions = {}) {
    const agent = {
      keepAlive: true,
      maxSockets: socketsPerOrigin,
      maxFreeSockets: idleSockets,
      timeout: idleSocketMs,
      scheduling: 'lifo' as const,
    };
    this.#http = new HttpAgent(agent);
    this.#https = new HttpsAgent(options.ca === undefined ? agent : { ...agent, ca: options.ca });
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    const url = new URL(request.url);
    const isSecure = url.protocol === 'https:';
    const agent = isSecure ? this.#https : this.#http;
    const host = url.hostname.replaceAll(/[[\]]/gu, '');
    const name = host.endsWith('.') ? host.slice(0, -1) : host;
    const options: RequestOptions & { readonly servername?: string } = {
      method: request.method,
      host,
      port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
      path: url.pathname + url.search,
      headers: headersToSend(request, url.host).flat(),
      agent,
      maxHeaderSize: headBytes,
      lookup: lookUp,
      ...(isSecure && !url.hostname.startsWith('[') && !/^[\d.]+$/u.test(name) ? { servername: name } : {}),
    };
    const sending: Sending = {
      ...request,
      host: url.host,
      deadline: performance.now() + request.headMs,
      start: () => (isSecure ? httpsRequest(options) : httpRequest(options)),
      before: { sent: 0, received: 0 },
    };
    try {
      return await exchange(sending);
    } catch (error) {
      if (!(error instanceof DeadSocket)) throw error;
      // The others that idle there are as old.
      for (const socket of agent.freeSockets[agent.getName(options)] ?? []) socket.destroy();
      return exchange({ ...sending, before: error.traffic });
    }
  }

  /** Ends idle connections; the next request opens a new one. */
  close(): Promise<void> {
    for (const { freeSockets } of [this.#http, this.#https])
      for (const sockets of Object.values(freeSockets)) for (const socket of sockets ?? []) socket.destroy();
    return Promise.resolve();
  }
}
