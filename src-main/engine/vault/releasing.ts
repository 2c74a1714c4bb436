// Hands a value out to what it is bound to, with a line in the audit before it.
import type { Binding } from '#contract/vault';
import type { Clock } from '../ports.ts';
import { Problem } from '../problem.ts';
import { askedAs, bindingFor, bindingText, originOf } from './bindings.ts';
import type { ValueGuard } from './guard.ts';
import type { SecretRow, VaultStore } from './ports.ts';
import { slotsOf } from './secret-book.ts';
import type { Released, ReleaseTo } from './secrets.ts';

interface ReleasingParts {
  readonly store: VaultStore;
  readonly clock: Clock;
  readonly guard: () => ValueGuard;
  readonly know: (name: string, value: string) => void;
  /** Names and purposes come from files that may hold a value in the wrong place. */
  readonly mask: (text: string) => string;
  /** A secret turned out to have no value, or to have one. */
  readonly found: (slot: string, isThere: boolean) => void;
}

const longestPurpose = 500;
/** Of a name that somebody asks by, before it is masked; much longer than any value that could stand in it whole. */
const longestAsked = 100_000;

export class Releasing {
  readonly #parts: ReleasingParts;

  constructor(parts: ReleasingParts) {
    this.#parts = parts;
  }

  async release(name: string, to: ReleaseTo): Promise<Released> {
    const row = this.#row(name);
    if (row === undefined) throw this.#unknown(name, to);
    const [slot = '', second] = slotsOf(row);
    const value = await this.#hand(row, slot, to);
    return {
      value,
      other: second === undefined ? undefined : () => this.#other(row, slot, to),
    };
  }

  /** The value that was not given; from now on it is handed out first. */
  async #other(before: SecretRow, given: string, to: ReleaseTo): Promise<Released | undefined> {
    const { store } = this.#parts;
    const row = this.#row(before.name);
    const slot = row === undefined ? undefined : slotsOf(row).find((one) => one !== given);
    if (row === undefined || row.id !== before.id || slot === undefined) return undefined;
    const value = await this.#hand(row, slot, to);
    store.transaction(() => {
      const now = this.#row(row.name);
      if (now?.rotation === undefined || slotsOf(now)[0] !== given) return;
      const first = now.rotation.first === 'old' ? 'next' : 'old';
      store.put({ ...now, rotation: { ...now.rotation, first } });
    }, 'quick');
    return { value, other: undefined };
  }

  async #hand(row: SecretRow, slot: string, to: ReleaseTo): Promise<string> {
    const { store, clock, guard, know, found } = this.#parts;
    const binding = this.#bound(row, to);
    let value: string | undefined;
    try {
      value = await guard().get(slot);
    } catch (error) {
      this.#audit(row.name, binding, to, 'refused');
      throw error;
    }
    found(slot, value !== undefined);
    if (value === undefined) {
      this.#audit(row.name, binding, to, 'refused');
      throw new Problem(
        'NOT_FOUND',
        `The vault knows the secret ${row.name}, but its guard has no value for it.`,
        `Put it in again: atelier secret replace ${row.name}.`,
      );
    }
    know(row.name, value);
    const isStillBound = store.transaction(() => {
      // Unbound or removed while its guard was asked: then as if it had been before.
      const now = this.#row(row.name);
      const bound = now === undefined || now.id !== row.id ? undefined : bindingFor(now.bindings, to);
      if (now === undefined || bound === undefined) return false;
      this.#audit(now.name, bound, to, 'released');
      store.put({ ...now, uses: now.uses + 1, lastUsedAt: clock.now() });
      return true;
    }, 'quick');
    if (!isStillBound) throw this.#refusal(row.name, to);
    return value;
  }

  #bound(row: SecretRow, to: ReleaseTo): Binding {
    const binding = bindingFor(row.bindings, to);
    if (binding !== undefined) return binding;
    throw this.#refusal(row.name, to);
  }

  #refusal(name: string, to: ReleaseTo): Problem {
    const row = this.#row(name);
    if (row === undefined) return this.#unknown(name, to);
    this.#audit(name, askedAs(to), to, 'refused');
    const asked = originOf(to.origin) ?? 'something that is no http or https origin';
    return new Problem(
      'REFUSED',
      `The secret ${name} is not released to ${whoAsks(to, this.#parts.mask)}${asked}.`,
      `It is bound to ${row.bindings.map(bindingText).join(', ')}. Change that in the vault if it should go there too.`,
    );
  }

  #unknown(name: string, to: ReleaseTo): Problem {
    const shown = this.#parts.mask(name.slice(0, longestAsked)).slice(0, 100);
    this.#audit(shown, askedAs(to), to, 'refused');
    const isName = /^[\w.-]{1,80}$/u.test(shown);
    const origin = originOf(to.origin);
    const bound =
      to.provider === undefined || origin === undefined
        ? ''
        : ` --bind ${this.#parts.mask(`provider:${to.provider}=${origin}`)}`;
    return new Problem(
      'NOT_FOUND',
      `There is no secret ${isName ? shown : 'of that name'}.`,
      `Add it to the vault: atelier secret add ${isName ? shown : 'NAME'}${bound}`,
    );
  }

  /** By its exact name. */
  #row(name: string): SecretRow | undefined {
    const row = this.#parts.store.get(name);
    return row?.name === name ? row : undefined;
  }

  #audit(secret: string, binding: Binding, to: ReleaseTo, outcome: 'released' | 'refused'): void {
    const { store, clock, mask } = this.#parts;
    // Masked whole, then cut: half a value would not be known.
    const purpose = mask(to.purpose.slice(0, 10 * longestPurpose)).slice(0, longestPurpose);
    const line = { at: clock.now(), secret, binding: maskedBinding(binding, mask), purpose, outcome };
    store.transaction(() => store.audit(line), 'quick');
  }
}

/** Who asks names itself. */
function maskedBinding(binding: Binding, mask: (text: string) => string): Binding {
  switch (binding.kind) {
    case 'provider':
      return { ...binding, name: mask(binding.name).slice(0, 100), origin: mask(binding.origin).slice(0, 300) };
    case 'host':
      return { ...binding, origin: mask(binding.origin).slice(0, 300) };
    case 'tool':
      return { ...binding, name: mask(binding.name).slice(0, 200) };
  }
}

function whoAsks({ provider, tool }: ReleaseTo, mask: (text: string) => string): string {
  if (provider !== undefined) return `provider ${mask(provider.slice(0, longestAsked)).slice(0, 100)} at `;
  return tool === undefined ? '' : `tool ${mask(tool.slice(0, longestAsked)).slice(0, 200)} at `;
}
