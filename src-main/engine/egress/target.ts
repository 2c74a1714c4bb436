// Which host a request goes to, and which hosts may be reached while offline. Names are compared, never resolved.
import { Problem } from '../problem.ts';

/** A server as URLs name it: small letters, IDN as xn--…, an IPv4 address in its usual form, an IPv6 address in brackets, no dot at the end. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Without query and fragment, where secrets may stand. */
  readonly path: string;
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** BAD_INPUT for anything but http and https, and for credentials in the URL. */
export function targetOf(url: string): Target {
  const parsed = URL.parse(url);
  const defaultPort = parsed === null ? undefined : defaultPorts[parsed.protocol];
  // The URL is not said back: it may hold a secret.
  if (parsed === null || defaultPort === undefined)
    throw new Problem('BAD_INPUT', 'A request was to go to what is no http or https address.');
  const host = withoutDot(parsed.hostname);
  if (parsed.username !== '' || parsed.password !== '')
    throw new Problem(
      'BAD_INPUT',
      `The address of ${host} holds a user name or password.`,
      'Put it into the vault, and the address without it into the settings.',
    );
  if (!isName(host)) throw new Problem('BAD_INPUT', 'A request was to go to an address without a host.');
  return { host, port: parsed.port === '' ? defaultPort : Number(parsed.port), path: parsed.pathname };
}

/** "HOST" as people read it, with its port where it is not the usual one. */
export function placeOf({ host, port }: Pick<Target, 'host' | 'port'>): string {
  return port === 443 || port === 80 ? host : `${host}:${port}`;
}

const entryPattern = /^(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>\d{1,5}))?$/u;

/**
 * An entry of the allow list in the form in which hosts are compared: "localhost", "[::1]", "models.lan:8080"; without a port it stands for
 * all of them. BAD_INPUT for anything that is no host.
 */
export function allowedHost(entry: string): string {
  const { host = '', port } = entryPattern.exec(entry.trim())?.groups ?? {};
  const parsed = /[\s/\\?#@*%]/u.test(host) || host === '' ? null : URL.parse(`http://${host}`);
  const name = parsed === null ? '' : withoutDot(parsed.hostname);
  if (!isName(name) || (port !== undefined && Number(port) > 65_535))
    throw new Problem(
      'BAD_INPUT',
      `"${entry.slice(0, 80)}" is not a host.`,
      'Write a name or an address, with a port where only that one is meant: localhost, [::1], models.lan:8080.',
    );
  return port === undefined ? name : `${name}:${Number(port)}`;
}

/** `allowed`: as `allowedHost` gives them. */
export function isAllowed({ host, port }: Target, allowed: readonly string[]): boolean {
  return allowed.includes(host) || allowed.includes(`${host}:${port}`);
}

/** No part of a name is empty. */
function isName(host: string): boolean {
  return host !== '' && !host.endsWith('.') && !host.includes('..');
}

/** A dot at a name's end says that it is whole: the same name. */
function withoutDot(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}
