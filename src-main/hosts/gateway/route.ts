// What answers below a part of the loopback server's paths. The server has checked address, host, origin and bounds before.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GatewayKey, Scope } from '#contract/gateway';

export interface RouteRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Normal, decoded nowhere: begins with '/', without "//", "." and "..". */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The key it came with, valid and with the route's scope; undefined where the route needs none. */
  readonly key: GatewayKey | undefined;
  /** Whether the key would be let in now, too: it may have been revoked since. */
  readonly isStillIn: () => boolean;
  /** Aborts when the client goes away or the server closes. */
  readonly signal: AbortSignal;
}

export interface Route {
  /** "/v1/", "/api/"; the longest that fits answers. */
  readonly prefix: string;
  /** What a key must be allowed; undefined: the route lets people in by itself (a login link, a cookie). */
  readonly scope: (method: string, path: string) => Scope | undefined;
  /** Longest body that is read, bytes. */
  readonly bodyLimit: number;
  handle(exchange: RouteRequest): Promise<void>;
  /** A WebSocket; refused where absent. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}
