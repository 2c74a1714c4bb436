// What a secret is bound to, while a person writes it: drafts, their faults, and what could be offered.
import type { Binding } from '#contract/vault';

/** One line of the editor; what its kind does not use is kept, so that changing the kind and back loses nothing. */
export interface BindingDraft {
  /** Tells the lines apart while they are edited. */
  readonly id: number;
  readonly kind: Binding['kind'];
  readonly name: string;
  readonly origin: string;
}

export interface DraftFaults {
  readonly name?: string;
  readonly origin?: string;
}

/** A provider as the models of the workspace know it. */
export interface KnownProvider {
  readonly name: string;
  readonly origin: string;
}

export type OriginResult =
  | { readonly ok: true; readonly origin: string; readonly isOpen: boolean }
  | { readonly ok: false; readonly fault: string };

/** As many as the contract takes. */
export const mostBindings = 20;

/**
 * Scheme, host and port of what was written: a whole address is cut down to them, a bare host is taken as https. `isOpen`: it would travel
 * unencrypted to another machine.
 */
export function originOf(text: string): OriginResult {
  const written = text.trim();
  if (written === '') return { ok: false, fault: 'Write the address of the host: https://api.example.com' };
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `https://${written}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url === undefined || url.hostname === '')
    return { ok: false, fault: 'This is no address: https://api.example.com' };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { ok: false, fault: 'Only https:// and http:// addresses can be bound.' };
  }
  if (url.username !== '' || url.password !== '') {
    return { ok: false, fault: 'Leave user name and password out of the address.' };
  }
  if (url.origin.length > 300) return { ok: false, fault: 'This address is too long.' };
  return { ok: true, origin: url.origin, isOpen: url.protocol === 'http:' && !isLoopback(url.hostname) };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

export function faultsOf(draft: BindingDraft): DraftFaults {
  const name = draft.name.trim();
  const origin = draft.kind === 'tool' ? undefined : originOf(draft.origin);
  return {
    ...(origin === undefined || origin.ok ? {} : { origin: origin.fault }),
    ...(draft.kind === 'provider' && name === '' ? { name: 'Name the provider as in Models.' } : {}),
    ...(draft.kind === 'provider' && name.length > 100 ? { name: 'At most 100 characters.' } : {}),
    ...(draft.kind === 'tool' && name === '' ? { name: 'Name the tool.' } : {}),
    ...(draft.kind === 'tool' && name.length > 200 ? { name: 'At most 200 characters.' } : {}),
  };
}

/** The drafts as bindings, each once; undefined where one has a fault. */
export function bindingsOf(drafts: readonly BindingDraft[]): readonly Binding[] | undefined {
  const bindings: Binding[] = [];
  for (const draft of drafts) {
    const { name: nameFault, origin: originFault } = faultsOf(draft);
    if (nameFault !== undefined || originFault !== undefined) return undefined;
    const binding = bindingOf(draft);
    if (!bindings.some((known) => sameBinding(known, binding))) bindings.push(binding);
  }
  return bindings;
}

function bindingOf({ kind, name, origin }: BindingDraft): Binding {
  if (kind === 'tool') return { kind, name: name.trim() };
  const result = originOf(origin);
  const whole = result.ok ? result.origin : origin;
  return kind === 'host' ? { kind, origin: whole } : { kind, name: name.trim(), origin: whole };
}

export function sameBinding(one: Binding, two: Binding): boolean {
  if (one.kind === 'tool') return two.kind === 'tool' && one.name === two.name;
  if (one.kind === 'host') return two.kind === 'host' && one.origin === two.origin;
  return two.kind === 'provider' && one.name === two.name && one.origin === two.origin;
}

export function draftsOf(bindings: readonly Binding[]): readonly BindingDraft[] {
  return bindings.map((binding, id) => ({
    id,
    kind: binding.kind,
    name: binding.kind === 'host' ? '' : binding.name,
    origin: binding.kind === 'tool' ? '' : binding.origin,
  }));
}

/** The drafts with one more; an empty one that was begun for nothing gives its place. */
export function withBinding(drafts: readonly BindingDraft[], binding: Binding): readonly BindingDraft[] {
  const begun = drafts.filter(({ name, origin }) => name.trim() !== '' || origin.trim() !== '');
  const [draft] = draftsOf([binding]);
  return draft === undefined ? begun : [...begun, { ...draft, id: freeId(drafts) }];
}

export function withEmpty(drafts: readonly BindingDraft[], kind: Binding['kind']): readonly BindingDraft[] {
  return [...drafts, { id: freeId(drafts), kind, name: '', origin: '' }];
}

function freeId(drafts: readonly BindingDraft[]): number {
  return Math.max(-1, ...drafts.map(({ id }) => id)) + 1;
}

/** Services whose keys are usually named after them. */
const usualHosts: readonly (readonly [word: string, origin: string])[] = [
  ['OPENAI', 'https://api.openai.com'],
  ['ANTHROPIC', 'https://api.anthropic.com'],
  ['OPENROUTER', 'https://openrouter.ai'],
  ['MISTRAL', 'https://api.mistral.ai'],
  ['GROQ', 'https://api.groq.com'],
  ['DEEPSEEK', 'https://api.deepseek.com'],
  ['TOGETHER', 'https://api.together.xyz'],
];

/** What could be bound with one press: the workspace's providers, then the service that the name speaks of; none twice. */
export function offersFor(
  name: string,
  providers: readonly KnownProvider[],
  drafts: readonly BindingDraft[],
): readonly Binding[] {
  const words = name.toUpperCase().split(/[^A-Z0-9]+/);
  const offers: Binding[] = providers.map((provider) => ({ kind: 'provider', ...provider }));
  for (const [word, origin] of usualHosts) {
    const isMeant = words.some((part) => part.startsWith(word));
    if (isMeant && !providers.some((provider) => provider.origin === origin)) offers.push({ kind: 'host', origin });
  }
  const bound = bindingsOf(drafts.filter((draft) => Object.keys(faultsOf(draft)).length === 0)) ?? [];
  return offers.filter((offer) => !bound.some((known) => sameBinding(known, offer)));
}

/** "openai at api.openai.com", "api.openai.com, whoever asks", "the tool fetch". */
export function bindingWords(binding: Binding): string {
  switch (binding.kind) {
    case 'provider':
      return `${binding.name} at ${hostOf(binding.origin)}`;
    case 'host':
      return `${hostOf(binding.origin)}, whoever asks`;
    case 'tool':
      return `the tool ${binding.name}`;
  }
}

/** The origin without its scheme where that is https. */
export function hostOf(origin: string): string {
  return origin.replace(/^https:\/\//, '');
}
