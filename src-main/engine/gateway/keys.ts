// Virtual keys of the gateway: made, known by their hash, limited, revoked.
import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { GatewayKey, KeySettings } from '#contract/gateway';
import type { CallStore, KeyStore } from '../network-ports.ts';
import type { Clock } from '../ports.ts';
import { Problem } from '../problem.ts';
import { startOfDay } from '../local-day.ts';
import { KeyLimits, type Denial, type Estimate, type Permit } from './key-limits.ts';

export interface KeysParts {
  readonly store: KeyStore;
  readonly calls: CallStore;
  /** Calls that have ended are in the store when it returns: budgets are of what is there. */
  readonly settle?: () => void;
  readonly clock: Clock;
  /** Views that show keys should ask again. */
  readonly changed: () => void;
}

const keyForm = /^atl-[\w-]{43}$/u;
/** How often at most "last used" is written, ms. */
const touchEvery = 3000;
/** Wrong keys in a minute that are told so; further ones are only told to wait. Right keys are let in all the same. */
const wrongInMinute = 60;

export class GatewayKeys {
  readonly #parts: KeysParts;
  /** Of keys that were presented and are live. Only this class changes keys: one process owns a workspace. */
  readonly #byHash = new Map<string, GatewayKey>();
  readonly #limits = new Map<string, KeyLimits>();
  /** When keys were last used, as long as it is not written, by id. */
  readonly #touched = new Map<string, number>();
  #touching: NodeJS.Timeout | undefined;
  /** When wrong keys came, in the last minute. */
  #wrong: number[] = [];

  constructor(parts: KeysParts) {
    this.#parts = parts;
  }

  /** In order of creation, with when they were last used. */
  list(): GatewayKey[] {
    return this.#parts.store.list().map((key) => this.#withUse(key));
  }

  /** `key` is known to nobody once it is returned: only its hash is kept. */
  create(settings: KeySettings): { readonly id: string; readonly key: string } {
    const key = `atl-${randomBytes(32).toString('base64url')}`;
    const id = randomUUID();
    const { store, clock, changed } = this.#parts;
    store.put({ id, settings, prefix: key.slice(0, 8), createdAt: clock.now() }, hashOf(key));
    changed();
    return { id, key };
  }

  /** Throws a Problem: NOT_FOUND; CONFLICT for a key that is revoked. */
  update(id: string, settings: KeySettings): void {
    const known = this.#known(id);
    if (known.revokedAt !== undefined) {
      throw new Problem('CONFLICT', `The key ${known.settings.label} is revoked.`, 'Make a new one.');
    }
    this.#put({ ...known, settings });
  }

  /** For good; requests under way end. Revoking again changes nothing. Throws a Problem: NOT_FOUND. */
  revoke(id: string): void {
    const known = this.#known(id);
    if (known.revokedAt === undefined) this.#put({ ...known, revokedAt: this.#parts.clock.now() });
  }

  /** Whose key this is. What is compared are hashes, so that no time tells how much of a guess was right. */
  enter(presented: string): GatewayKey | Denial {
    if (!keyForm.test(presented)) return this.#refuse('This is no key of Atelier: those begin with "atl-".');
    const hash = hashOf(presented);
    const key = this.#byHash.get(hash) ?? this.#parts.store.byHash(hash);
    if (key === undefined) return this.#refuse('This key is not known here.');
    if (key.revokedAt !== undefined) return this.#refuse('This key was revoked.');
    this.#byHash.set(hash, key);
    this.#touch(key);
    return key;
  }

  /** Room for a call of about so much. Whoever gets it must end it. */
  admit(key: GatewayKey, call: Estimate): Permit | Denial {
    const { calls, clock, settle } = this.#parts;
    const now = clock.now();
    let limits = this.#limits.get(key.id);
    if (limits === undefined) this.#limits.set(key.id, (limits = new KeyLimits()));
    return limits.admit(key.settings, call, now, () => {
      settle?.();
      return calls.spent({ from: startOfDay(now), key: key.id });
    });
  }

  /** Writes what is not written yet. */
  close(): void {
    this.#flush();
  }

  #known(id: string): GatewayKey {
    const known = this.#parts.store.get(id);
    if (known === undefined) throw new Problem('NOT_FOUND', `There is no gateway key ${id}.`);
    return this.#withUse(known);
  }

  #put(key: GatewayKey): void {
    this.#touched.delete(key.id);
    this.#parts.store.put(key);
    for (const [hash, known] of this.#byHash) {
      if (known.id === key.id) this.#byHash.delete(hash);
    }
    this.#parts.changed();
  }

  #withUse(key: GatewayKey): GatewayKey {
    const lastUsedAt = this.#touched.get(key.id);
    return lastUsedAt === undefined ? key : { ...key, lastUsedAt };
  }

  #touch({ id }: GatewayKey): void {
    this.#touched.set(id, this.#parts.clock.now());
    this.#touching ??= setTimeout(() => this.#flush(), touchEvery).unref();
  }

  #flush(): void {
    clearTimeout(this.#touching);
    this.#touching = undefined;
    if (this.#touched.size === 0) return;
    for (const [id, lastUsedAt] of this.#touched) {
      const key = this.#parts.store.get(id);
      if (key !== undefined) this.#parts.store.put({ ...key, lastUsedAt });
    }
    this.#touched.clear();
    this.#parts.changed();
  }

  #refuse(sentence: string): Denial {
    const now = this.#parts.clock.now();
    this.#wrong = this.#wrong.filter((at) => at > now - 60_000);
    const first = this.#wrong[0];
    if (first !== undefined && this.#wrong.length >= wrongInMinute) {
      return {
        status: 429,
        sentence: 'Too many wrong keys were presented in a minute.',
        hint: 'Wait, then use a key that was made under Gateway in Atelier.',
        retryAfterMs: first + 60_000 - now,
        isFinal: true,
      };
    }
    this.#wrong.push(now);
    return {
      status: 401,
      sentence,
      hint: 'Make a key under Gateway in Atelier, and give it to the client as its API key.',
      delayMs: Math.min(1000, 20 * this.#wrong.length),
    };
  }
}

function hashOf(key: string): string {
  return hash('sha256', key, 'hex');
}
