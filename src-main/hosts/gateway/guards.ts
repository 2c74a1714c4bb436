// What every request to the loopback server must be, whatever its path: asked of this host, by no other page, in plain form.
import type { IncomingMessage } from 'node:http';
import { hasBody, Refusal } from './refusal.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
const longestTarget = 8192;
const mostHeaders = 100;
/** Printable ASCII without space, '"', '#', '<', '>', '\', '^', '`', '{', '|', '}'. */
const plainTarget = /^\/[!$-;=?-[\]_a-z~]*$/u;
/** A percent sign that encodes nothing, or something that stands for itself or ends a path: '.', '\', NUL and other control characters, DEL. */
const oddEncoding = /%(?![\da-f]{2})|%(?:2e|5c|[01][\da-f]|7f)/iu;
/** What may stand once. */
const single = new Set(['host', 'authorization', 'x-api-key', 'api-key', 'content-type', 'content-encoding', 'origin']);
const keyNames = /^(?:x[-_])?(?:api[-_]?key|key|access[-_]?token|token|auth|authorization|bearer|secret)$/iu;
const keyAnywhere = /atl-[\w-]{43}/u;

export interface Target {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Throws a Refusal. `hosts`: "127.0.0.1:4140" and "localhost:4140". */
export function checkRequest(request: IncomingMessage, hosts: readonly string[]): Target {
  const { method = '', rawHeaders } = request;
  checkHost(request, hosts);
  checkPage(request);
  if (!methods.has(method)) {
    throw new Refusal(405, `${method} is not answered here.`, 'Nothing here is for other origins: there is no CORS.', {
      headers: { allow: [...methods].join(', ') },
    });
  }
  if (rawHeaders.length > 2 * mostHeaders) throw new Refusal(431, `A request may have ${mostHeaders} headers.`);
  checkSingle(rawHeaders);
  checkFraming(request);
  if (hasBody(request) && (method === 'GET' || method === 'HEAD')) throw new Refusal(400, `${method} has no body.`);
  return checkTarget(request.url ?? '');
}

/** A name that somebody made point to 127.0.0.1 (DNS rebinding) is not this host. */
function checkHost({ headers }: IncomingMessage, hosts: readonly string[]): void {
  const { host } = headers;
  if (host !== undefined && hosts.includes(host)) return;
  throw new Refusal(
    421,
    'The request was meant for another host.',
    `The gateway is asked as http://${hosts[0] ?? '127.0.0.1'}.`,
  );
}

/** No page but our own, which has the origin of the very address that was asked. */
function checkPage({ headers }: IncomingMessage): void {
  const { origin, host } = headers;
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new Refusal(403, 'Pages of other origins are not answered.', 'Ask from a program, not from a web page.');
  }
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new Refusal(403, 'Pages of other sites are not answered.', 'Ask from a program, not from a web page.');
  }
}

function checkSingle(rawHeaders: readonly string[]): void {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    if (!single.has(name)) continue;
    if (seen.has(name)) throw new Refusal(400, `The header ${name} stands twice.`);
    seen.add(name);
  }
}

/** What Node's strict parser lets through although two readers could take it differently. */
function checkFraming({ headers, httpVersion }: IncomingMessage): void {
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return;
  if (coding.toLowerCase() !== 'chunked') {
    throw new Refusal(400, 'Of transfer encodings only "chunked" is understood.');
  }
  if (httpVersion !== '1.1') throw new Refusal(400, `HTTP/${httpVersion} has no transfer encodings.`);
}

function checkTarget(url: string): Target {
  if (url.length > longestTarget) throw new Refusal(414, `A path may be ${longestTarget} characters long.`);
  if (keyAnywhere.test(url)) throw keyInUrl();
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  if (!url.startsWith('/') || !plainTarget.test(url)) {
    throw new Refusal(400, 'The path is not plain.', 'It begins with "/" and holds printable ASCII, all else encoded.');
  }
  if (oddEncoding.test(path) || path.includes('//') || /\/\.{1,2}(?:\/|$)/u.test(path) || hasEncodedSlash(path)) {
    throw new Refusal(
      400,
      'The path is not plain.',
      'It has no "//", ".", "..", nor encoded dots, slashes or control characters.',
    );
  }
  return { path, query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)) };
}

/** Names of models have slashes, which clients encode: there, and only there. */
function hasEncodedSlash(path: string): boolean {
  return /%2f/iu.test(path) && !path.startsWith('/v1/models/');
}

/** URLs end up in logs, histories and process lists: a key in one is given away. Throws a Refusal. */
export function checkNoKeyInQuery(query: URLSearchParams): void {
  for (const name of query.keys()) if (keyNames.test(name)) throw keyInUrl();
}

function keyInUrl(): Refusal {
  return new Refusal(
    400,
    'A key does not belong in a URL: those are logged and kept in many places.',
    'Send it as "authorization: Bearer KEY" or "x-api-key: KEY". If it was real, revoke it.',
  );
}

/** The key that came with it; undefined where none did. Throws a Refusal. */
export function presentedKey({ headers }: IncomingMessage): string | undefined {
  const found = [bearer(headers.authorization), headers['x-api-key'], headers['api-key']].flatMap((value) =>
    typeof value === 'string' && value !== '' ? [value] : [],
  );
  const [first] = found;
  if (found.some((one) => one !== first)) throw new Refusal(400, 'The request has two different keys.', 'Send one.');
  return first;
}

function bearer(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const [, key] = /^bearer +(\S+) *$/iu.exec(authorization) ?? [];
  if (key === undefined) {
    throw new Refusal(401, 'The authorization is not a bearer token.', 'Send it as "authorization: Bearer KEY".', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  return key;
}
