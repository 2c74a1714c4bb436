// Hosts that may be reached while offline, as a person writes them.

export type HostResult = { readonly ok: true; readonly host: string } | { readonly ok: false; readonly fault: string };

/** As many as the contract takes. */
export const mostHosts = 200;

const hostAndPort = /^(\[[\da-f:.]+\]|[^\s:/\\@?#*%[\]]+)(?::(\d{1,5}))?$/i;

/** "models.lan" for all its ports, or "models.lan:8080"; of a whole address the host and the port that it names. */
export function hostEntryOf(text: string): HostResult {
  const bare = text
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[/?#].*$/, '');
  if (bare === '') return { ok: false, fault: 'Write a host: models.lan, or models.lan:8080 for one port.' };
  const parts = hostAndPort.exec(bare);
  const [, name, port] = parts ?? [];
  const url = name !== undefined && URL.canParse(`http://${name}/`) ? new URL(`http://${name}/`) : undefined;
  if (url === undefined) return { ok: false, fault: 'This is no host: models.lan, or models.lan:8080 for one port.' };
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) {
    return { ok: false, fault: 'A port is a number from 1 to 65535.' };
  }
  const host = port === undefined ? url.hostname : `${url.hostname}:${Number(port)}`;
  return host.length > 300 ? { ok: false, fault: 'This is too long for a host.' } : { ok: true, host };
}

/** The list with one more, at its end; as it was where it is there already. */
export function withHost(hosts: readonly string[], host: string): readonly string[] {
  return hosts.includes(host) ? hosts : [...hosts, host];
}

/** What to allow so that this could be reached: the host alone where the port is the usual one. */
export function entryFor(host: string, port: number): string {
  return port === 443 || port === 80 ? host : `${host}:${port}`;
}
