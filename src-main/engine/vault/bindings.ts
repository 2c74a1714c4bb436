// What a secret is bound to, and whether something that asks for it is that.
import type { Binding } from '#contract/vault';
import { isLoopback } from '../loopback.ts';
import { Problem } from '../problem.ts';
import type { ReleaseTo } from './secrets.ts';

const scheme = 'https://api.example.com';

/**
 * Scheme, host and port as browsers compare them (WHATWG URL, origin): lower case, IDN as punycode, no default port, no dot at the end.
 * undefined where it is no http or https URL, or has a user's name or password in it.
 */
export function originOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, username, password, hostname, port } = new URL(url);
  if (!['http:', 'https:'].includes(protocol) || username !== '' || password !== '') return undefined;
  const host = hostname.replace(/\.$/u, '');
  if (host === '' || host.endsWith('.')) return undefined;
  return `${protocol}//${host}${port === '' ? '' : `:${port}`}`;
}

/** The bindings with their origins as they are compared, each once. Throws BAD_INPUT where one is no origin. */
export function normalBindings(bindings: readonly Binding[]): readonly Binding[] {
  const byText = new Map<string, Binding>();
  for (const binding of bindings) {
    const normal = normalBinding(binding);
    byText.set(JSON.stringify(normal), normal);
  }
  if (byText.size === 0) {
    throw new Problem(
      'BAD_INPUT',
      'A secret must be bound to something: it is released to nothing else.',
      `Bind it to a provider of models, a host or a tool, e.g. provider openai at ${scheme}.`,
    );
  }
  return [...byText.values()];
}

function normalBinding(binding: Binding): Binding {
  switch (binding.kind) {
    case 'provider':
      return { kind: 'provider', name: nameOf(binding.name), origin: boundOrigin(binding.origin) };
    case 'host':
      return { kind: 'host', origin: boundOrigin(binding.origin) };
    case 'tool':
      return { kind: 'tool', name: nameOf(binding.name) };
  }
}

function nameOf(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(trimmed))
    throw new Problem('BAD_INPUT', 'The name of what a secret is bound to has no visible characters, or hidden ones.');
  return trimmed;
}

/** A path would look as if it were heeded. */
function boundOrigin(text: string): string {
  const trimmed = text.trim();
  const origin = originOf(trimmed);
  const url = origin === undefined ? undefined : new URL(trimmed);
  if (origin === undefined || url?.search !== '' || url.hash !== '') {
    throw new Problem(
      'BAD_INPUT',
      'A secret is bound to an origin: http or https, a host and perhaps a port, without user name, password or query.',
      `As in ${scheme}.`,
    );
  }
  if (url.pathname !== '/') {
    throw new Problem(
      'BAD_INPUT',
      `A secret is bound to a whole origin; the path ${url.pathname.slice(0, 80)} would not be heeded.`,
      `Bind it to ${origin}.`,
    );
  }
  return origin;
}

/** The first of the bindings that `to` is; undefined where it is none. */
export function bindingFor(bindings: readonly Binding[], to: ReleaseTo): Binding | undefined {
  const origin = originOf(to.origin);
  if (origin === undefined) return undefined;
  return (
    bindings.find((one) => one.kind === 'provider' && one.name === to.provider && one.origin === origin) ??
    bindings.find((one) => one.kind === 'host' && one.origin === origin) ??
    // A tool is bound to no origin: over the open network, only an origin that is named itself will do.
    (isPrivate(origin) ? bindings.find((one) => one.kind === 'tool' && one.name === to.tool) : undefined)
  );
}

/** What asked, in the form of a binding, for the audit; not cut yet, since half a value could not be masked. */
export function askedAs({ provider, tool, origin }: ReleaseTo): Binding {
  const shown = originOf(origin) ?? 'no origin';
  if (tool !== undefined) return { kind: 'tool', name: tool };
  if (provider !== undefined) return { kind: 'provider', name: provider, origin: shown };
  return { kind: 'host', origin: shown };
}

export function isBound(bindings: readonly Binding[], asked: Binding): boolean {
  const origin = asked.kind === 'tool' ? undefined : originOf(asked.origin);
  return bindings.some((one) => {
    if (one.kind === 'host') return one.origin === origin;
    if (one.kind === 'provider') return asked.kind === 'provider' && asked.name === one.name && one.origin === origin;
    return asked.kind === 'tool' && asked.name === one.name;
  });
}

/** "provider openai at https://api.openai.com". */
export function bindingText(binding: Binding): string {
  switch (binding.kind) {
    case 'provider':
      return `provider ${binding.name} at ${binding.origin}`;
    case 'host':
      return `host ${binding.origin}`;
    case 'tool':
      return `tool ${binding.name}`;
  }
}

/** Encrypted on its way, or never on any. */
function isPrivate(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'https:' || isLoopback(hostname);
}
