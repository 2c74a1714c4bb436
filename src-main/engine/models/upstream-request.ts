// What is sent to a provider's server: its address and its headers, with nothing in them that could lead elsewhere.
import type { ProviderSettings } from '#contract/model';
import type { HttpHeader } from '../network-ports.ts';
import { Problem } from '../problem.ts';

/** Anthropic's versioning header must be there; what is asked here is of this version, in which a key goes as `x-api-key`. */
const anthropicVersion = '2023-06-01';

/** Headers that carry a key, or that are of one connection (RFC 9110 section 7.6.1) or of its framing. */
const ownHeaders = new Set([
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'proxy-authorization',
  'cookie',
  'host',
  'content-length',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'accept-encoding',
]);

/** Throws BAD_INPUT where `path` leads out of the provider's address. */
export function urlFor({ url }: ProviderSettings, path: string): string {
  const base = new URL(url);
  const joined = `${url.replace(/\/+$/u, '')}${path}`;
  const found = path.startsWith('/') && URL.canParse(joined) ? new URL(joined) : undefined;
  const root = `${base.pathname.replace(/\/+$/u, '')}/`;
  if (
    found === undefined ||
    found.origin !== base.origin ||
    !found.pathname.startsWith(root) ||
    /[\\\s]|%2e|%2f|%5c/iu.test(path)
  ) {
    throw new Problem('BAD_INPUT', `${JSON.stringify(path)} is no path below ${url}.`);
  }
  found.hash = '';
  return found.href;
}

/**
 * `given` in its order, without what is not the caller's to say; then what the settings add and it does not have; the secret's header where a
 * key was given, else last. Compression is declined: what comes is searched for secrets.
 */
export function headersFor(
  { headers: added = {}, dialect }: ProviderSettings,
  given: readonly HttpHeader[],
  secret: HttpHeader | undefined,
): HttpHeader[] {
  const named = new Set(
    given.flatMap(([name, value]) =>
      name.toLowerCase() === 'connection' ? value.toLowerCase().split(/\s*,\s*/u) : [],
    ),
  );
  const isOwn = (name: string): boolean => ownHeaders.has(name) || named.has(name) || name.startsWith('x-atelier-');
  const kept: HttpHeader[] = [];
  let isPut = secret === undefined;
  const isBearer = dialect === 'anthropic' && isLaterVersion(given);
  for (const header of given) {
    const name = header[0].toLowerCase();
    if (!isOwn(name)) kept.push(header);
    else if (!isPut && secret !== undefined && (name === 'authorization' || name === 'x-api-key')) {
      kept.push(isBearer && name === 'authorization' ? [name, `Bearer ${secret[1]}`] : secret);
      isPut = true;
    }
  }
  const has = (name: string): boolean => kept.some(([known]) => known.toLowerCase() === name.toLowerCase());
  for (const [name, value] of Object.entries(added))
    if (!isOwn(name.toLowerCase()) && !has(name)) kept.push([name, value]);
  if (dialect === 'anthropic' && !has('anthropic-version')) kept.push(['anthropic-version', anthropicVersion]);
  if (!isPut && secret !== undefined) kept.push(secret);
  kept.push(['accept-encoding', 'identity']);
  return kept;
}

/** Clients of a later version (their own since 1.0) send the key as a bearer token. Versions are dates. */
function isLaterVersion(given: readonly HttpHeader[]): boolean {
  const version = given.find(([name]) => name.toLowerCase() === 'anthropic-version')?.[1];
  return version !== undefined && version > anthropicVersion;
}
