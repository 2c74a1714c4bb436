// Headers on their way through: all but those that belong to one connection, to the gateway, or to a key.
import type { HttpHeader } from '#engine/network-ports';

/** RFC 9110 §7.6.1, and what older clients send. */
const hopByHop = new Set(
  (
    'connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade ' +
    'http2-settings expect'
  ).split(' '),
);

/** Of a request: cookies are the client's for the gateway, the others are about the client's own connection. */
const notSentOn = new Set(
  'api-key cookie origin referer host content-length content-encoding accept-encoding'.split(' '),
);

/**
 * Of a client's request, for the upstream: names, order and repeats as they came. Where the client's key stood a header without a value is left,
 * so that the real key takes its place. `rawHeaders`: as Node gives them.
 */
export function headersForUpstream(rawHeaders: readonly string[]): HttpHeader[] {
  const kept: HttpHeader[] = [];
  const named = connectionNames(rawHeaders);
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const lower = name.toLowerCase();
    if (hopByHop.has(lower) || notSentOn.has(lower) || named.has(lower)) continue;
    if (lower.startsWith('x-atelier-') || lower.startsWith('sec-fetch-')) continue;
    const isKey = lower === 'authorization' || lower === 'x-api-key';
    kept.push([name, isKey ? '' : (rawHeaders[at + 1] ?? '')]);
  }
  return kept;
}

/** Of an upstream's answer, for the client. Its length is told anew. */
export function headersForClient(headers: readonly HttpHeader[]): HttpHeader[] {
  const named = connectionNames(headers.flat());
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    if (hopByHop.has(lower) || lower === 'content-length' || named.has(lower)) return false;
    // CORS is closed here, whatever the upstream says of itself.
    return !lower.startsWith('x-atelier-') && !lower.startsWith('access-control-');
  });
}

export function valueOf(headers: readonly HttpHeader[], name: string): string | undefined {
  return headers.find(([known]) => known.toLowerCase() === name)?.[1];
}

/** What `connection` names belongs to the connection too. */
function connectionNames(rawHeaders: readonly string[]): ReadonlySet<string> {
  let names: Set<string> | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'connection') continue;
    names ??= new Set();
    for (const name of (rawHeaders[at + 1] ?? '').split(',')) names.add(name.trim().toLowerCase());
  }
  return names ?? none;
}

const none: ReadonlySet<string> = new Set();
