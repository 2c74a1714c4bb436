// The vault: names of secrets for everybody, values only for what they are bound to.
import { join } from 'node:path';
import type { Binding, FoundVariable, Guard, SecretRelease, SecretSummary, VaultState } from '#contract/vault';
import type { Clock } from '../ports.ts';
import { Problem } from '../problem.ts';
import type { Redactor } from '../redactor.ts';
import { isBound, normalBindings } from './bindings.ts';
import type { ValueGuard } from './guard.ts';
import { KeychainGuard } from './keychain-guard.ts';
import { PassphraseGuard } from './passphrase-guard.ts';
import type { GuardChoice, Keychain, KeychainStanding, SecretRow, VaultStore } from './ports.ts';
import { VaultRedactor } from './redactor.ts';
import { Releasing } from './releasing.ts';
import { usualCost } from './sealing.ts';
import { SecretBook, slotsOf, type NewSecret, type SecretChange } from './secret-book.ts';
import type { Released, ReleaseTo, Secrets } from './secrets.ts';
import { checkedName, checkedValue } from './value.ts';
import { foundVariables } from './variables.ts';

export interface VaultParts {
  /** The vault's own folder: where a passphrase's sealed file lies. */
  readonly folder: string;
  readonly store: VaultStore;
  readonly keychain: Keychain;
  readonly clock: Clock;
  /** Told after anything about the state of the vault changed, in whatever process. */
  readonly changed: () => void;
  /** What a try of a passphrase costs: scrypt's N, a power of two. */
  readonly cost?: number;
}

/** How often what other processes did is looked for, ms. */
const lookMs = 1000;
/** A keychain that was not there is asked again after so long, ms. */
const askAgainMs = 10_000;
/** Uses are told of no more often than this, ms. */
const tellMs = 1000;

export class Vault implements Secrets {
  /** Knows every value that this process has had in its hands, also after the vault is locked or the secret removed. */
  readonly redactor: Redactor;
  readonly #parts: VaultParts;
  readonly #redactor: VaultRedactor;
  readonly #keychain: KeychainGuard;
  readonly #passphrase: PassphraseGuard;
  readonly #book: SecretBook;
  readonly #releasing: Releasing;
  /** Slots whose value the redactor knows, and those that turned out to have none. */
  readonly #learned = new Set<string>();
  readonly #missing = new Set<string>();
  #standing: { readonly at: number; readonly asked: Promise<KeychainStanding> } | undefined;
  #learning: Promise<void> = Promise.resolve();
  /** Changes are made one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #version = 0;
  #looking: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;

  constructor(parts: VaultParts) {
    const { folder, store, keychain, clock, changed, cost = usualCost } = parts;
    const file = join(folder, 'sealed.json');
    const redactor = new VaultRedactor(() => store.maskKey());
    const know = (name: string, value: string): void => redactor.know(name, value);
    const guard = (): ValueGuard => this.#guard();
    this.#parts = parts;
    this.#redactor = redactor;
    this.redactor = redactor;
    this.#keychain = new KeychainGuard(keychain, clock);
    this.#passphrase = new PassphraseGuard({ file, store, clock, cost, locked: changed });
    this.#book = new SecretBook({ store, clock, guard, know });
    this.#releasing = new Releasing({
      store,
      clock,
      guard,
      know,
      mask: (text) => redactor.text(text),
      found: (slot, isThere) => this.#found(slot, isThere),
    });
  }

  /** Asks the guard for nothing yet: `ready` tells when the values are known to the redactor. */
  async open(): Promise<void> {
    this.#version = this.#parts.store.version();
    this.#learn();
    this.#looking = setInterval(() => this.#look(), lookMs);
    this.#looking.unref();
  }

  /** Once the redactor knows every value that the guard gave; at once where it gives none (locked, not there, none chosen). */
  ready(): Promise<void> {
    return this.#learning;
  }

  /** The key and what was read is forgotten. */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    clearTimeout(this.#telling);
    await this.#last.catch(() => undefined);
    await this.#learning;
    this.#keychain.forgetAll();
    this.#passphrase.lock();
    this.#parts.store.close();
  }

  async state(): Promise<VaultState> {
    const { store } = this.#parts;
    const standing = await this.#keychainStanding();
    const choice = store.guard();
    const missing = this.#missingSlots(choice);
    return {
      ...(choice === undefined ? {} : { guard: this.#guardState(choice, standing) }),
      keychain: {
        isThere: standing.isThere,
        name: standing.name,
        ...(standing.isThere ? {} : { why: standing.why }),
      },
      secrets: store.list().map((row) => summaryOf(row, slotsOf(row).some(missing))),
    };
  }

  /**
   * Throws REFUSED where the keychain does not work here, CONFLICT where the passphrase still guards secrets, unless they are to `move`: then
   * it must be unlocked.
   */
  chooseKeychain(move: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const { store, keychain } = this.#parts;
      if (store.guard()?.kind === 'keychain') return;
      this.#standing = undefined;
      const standing = await this.#keychainStanding();
      if (!standing.isThere) {
        throw new Problem(
          'REFUSED',
          `${standing.name} does not work here: ${standing.why}`,
          'Start or unlock it, or guard the secrets with a passphrase: atelier secret guard passphrase.',
        );
      }
      const rows = this.#movable(move);
      const values = await this.#valuesOf(rows);
      const put: string[] = [];
      try {
        for (const [slot, value] of values) {
          put.push(slot);
          await keychain.set(slot, value);
        }
        store.transaction(() => {
          this.#refuseMoved(rows);
          store.setGuard({ kind: 'keychain' });
        });
      } catch (error) {
        for (const slot of put) await keychain.delete(slot);
        throw error;
      }
      this.#passphrase.discard();
    });
  }

  /** Throws CONFLICT where a passphrase guards the secrets already, or the keychain does and they are not to `move`. */
  choosePassphrase(passphrase: string, autoLockMinutes: number, move: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const { store } = this.#parts;
      if (store.guard()?.kind === 'passphrase') {
        throw new Problem(
          'CONFLICT',
          'A passphrase guards the secrets already.',
          'Change it with the old one: atelier secret passwd.',
        );
      }
      const rows = this.#movable(move);
      const values = await this.#valuesOf(rows);
      await this.#passphrase.create(passphrase, autoLockMinutes, values, () => this.#refuseMoved(rows));
      await this.#keychain.drop([...values.keys()]);
      this.#keychain.forgetAll();
    });
  }

  /** Throws REFUSED: a wrong passphrase, too soon after wrong ones, a sealed file that was changed. */
  unlock(passphrase: string): Promise<void> {
    return this.#inTurn(() => this.#passphrase.unlock(passphrase));
  }

  lock(): void {
    if (this.#parts.store.guard()?.kind === 'keychain') {
      throw new Problem(
        'REFUSED',
        'The keychain guards the secrets: the system locks it, Atelier cannot.',
        'Lock it in the settings of the system.',
      );
    }
    this.#passphrase.lock();
  }

  changePassphrase(passphrase: string, next: string): Promise<void> {
    return this.#inTurn(() => this.#passphrase.change(passphrase, next));
  }

  /** `minutes` without use; 0 for never. */
  setAutoLock(minutes: number): Promise<void> {
    return this.#inTurn(async () => {
      const { store } = this.#parts;
      const choice = store.guard();
      if (choice?.kind !== 'passphrase')
        throw new Problem('REFUSED', 'Only a vault with a passphrase locks itself.', 'Choose a passphrase first.');
      store.setGuard({ ...choice, autoLockMinutes: minutes });
      this.#passphrase.startIdleTimer();
    });
  }

  add(secret: NewSecret): Promise<void> {
    return this.#inTurn(() => this.#book.add(secret));
  }

  replace(name: string, value: string): Promise<void> {
    return this.#inTurn(() => this.#book.replace(name, value));
  }

  rotate(name: string, value: string): Promise<void> {
    return this.#inTurn(() => this.#book.rotate(name, value));
  }

  finishRotation(name: string, keep: 'next' | 'old'): Promise<void> {
    return this.#inTurn(() => this.#book.finishRotation(name, keep));
  }

  edit(name: string, change: SecretChange): Promise<void> {
    return this.#inTurn(async () => this.#book.edit(name, change));
  }

  remove(name: string): Promise<void> {
    return this.#inTurn(() => this.#book.remove(name));
  }

  /** Newest first. */
  releases(secret: string | undefined, limit: number): readonly SecretRelease[] {
    return this.#parts.store.releases(secret, limit);
  }

  /** What could be taken in of `variables` (values by name); no value is in it. */
  findIn(variables: ReadonlyMap<string, string>): readonly FoundVariable[] {
    return foundVariables(variables, (name) => this.#parts.store.get(name) !== undefined);
  }

  /** Takes in all of `wanted`; nothing where one of them cannot be. */
  takeIn(
    variables: ReadonlyMap<string, string>,
    wanted: readonly { readonly name: string; readonly bindings: readonly Binding[] }[],
  ): Promise<void> {
    return this.#inTurn(async () => {
      const secrets = wanted.map(({ name, bindings }) => {
        const value = variables.get(checkedName(name));
        if (value === undefined)
          throw new Problem('NOT_FOUND', `There is no variable ${name} any more.`, 'Look for the variables again.');
        this.#book.refuseTaken(name);
        return { name, bindings: normalBindings(bindings), value: checkedValue(value, `The value of ${name}`) };
      });
      this.#guard();
      for (const secret of secrets) await this.#book.add(secret);
    });
  }

  /** As `Secrets` says. */
  async release(name: string, to: ReleaseTo): Promise<Released> {
    return this.#releasing.release(name, to);
  }

  standing(name: string, binding: Binding): 'ready' | 'locked' | 'missing' | 'unbound' {
    const { store } = this.#parts;
    const row = store.get(name);
    const choice = store.guard();
    if (row?.name !== name || choice === undefined) return 'missing';
    if (!isBound(row.bindings, binding)) return 'unbound';
    if (choice.kind === 'passphrase' && this.#passphrase.isLocked) return 'locked';
    return this.#missing.has(slotsOf(row)[0] ?? '') ? 'missing' : 'ready';
  }

  #guard(): ValueGuard {
    switch (this.#parts.store.guard()?.kind) {
      case 'keychain':
        return this.#keychain;
      case 'passphrase':
        return this.#passphrase;
      case undefined:
        throw new Problem(
          'REFUSED',
          'Nothing guards the secrets yet: choose first what should.',
          'The keychain of the system, or a passphrase: atelier secret guard keychain, or: atelier secret guard passphrase.',
        );
    }
  }

  #guardState(choice: GuardChoice, standing: KeychainStanding): Guard {
    if (choice.kind === 'keychain') {
      const detail = standing.isThere ? standing.detail : `It does not answer now: ${standing.why}`;
      return { kind: 'keychain', name: standing.name, detail };
    }
    const { waitUntil } = this.#parts.store.tries();
    return {
      kind: 'passphrase',
      name: 'a passphrase (scrypt, AES-256-GCM)',
      detail:
        this.#passphrase.fault() ??
        `Sealed in ${join(this.#parts.folder, 'sealed.json')}. While it is unlocked, its key is in the memory of Atelier.`,
      isLocked: this.#passphrase.isLocked,
      autoLockMinutes: choice.autoLockMinutes,
      ...(waitUntil > this.#parts.clock.now() ? { waitUntil } : {}),
    };
  }

  #keychainStanding(): Promise<KeychainStanding> {
    const { keychain, clock } = this.#parts;
    const now = clock.now();
    if (this.#standing !== undefined && now - this.#standing.at < askAgainMs) return this.#standing.asked;
    const before = this.#standing?.asked;
    const ask = async (): Promise<KeychainStanding> => {
      // One that works is not tried again and again: each try may ask the person to unlock it.
      const known = await before;
      return known?.isThere === true ? known : keychain.standing();
    };
    this.#standing = { at: now, asked: ask() };
    return this.#standing.asked;
  }

  #missingSlots(choice: GuardChoice | undefined): (slot: string) => boolean {
    if (choice?.kind !== 'passphrase') return (slot) => this.#missing.has(slot);
    const slots = this.#passphrase.slots();
    return (slot) => !slots.has(slot);
  }

  /** What must move before another one guards the secrets. */
  #movable(move: boolean): readonly SecretRow[] {
    const rows = this.#parts.store.list();
    if (rows.length === 0 || move) return rows;
    throw new Problem(
      'CONFLICT',
      `There are ${rows.length} secrets with the guard that was chosen before.`,
      'Let them move with the choice (--move), or remove them first.',
    );
  }

  async #valuesOf(rows: readonly SecretRow[]): Promise<ReadonlyMap<string, string>> {
    const values = new Map<string, string>();
    for (const slot of rows.flatMap(slotsOf)) {
      const value = await this.#guard().get(slot);
      if (value !== undefined) values.set(slot, value);
    }
    return values;
  }

  #refuseMoved(rows: readonly SecretRow[]): void {
    const now = new Set(this.#parts.store.list().flatMap(slotsOf));
    const before = rows.flatMap(slotsOf);
    if (now.size === before.length && before.every((slot) => now.has(slot))) return;
    throw new Problem('CONFLICT', 'The secrets were changed by another process meanwhile.', 'Try again.');
  }

  /** One change after the other; whatever comes of it, views look again. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last
      .catch(() => undefined)
      .then(work)
      .finally(() => {
        this.#learn();
        this.#parts.changed();
      });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #look(): void {
    const version = this.#parts.store.version();
    if (version === this.#version) return;
    this.#version = version;
    this.#learn();
    this.#parts.changed();
  }

  #learn(): void {
    this.#learning = this.#learning.then(() => this.#learnAll());
  }

  /** Reads every value that is not known yet, so that it is masked wherever it turns up. */
  async #learnAll(): Promise<void> {
    const { store, changed } = this.#parts;
    const choice = store.guard();
    if (choice === undefined || (choice.kind === 'passphrase' && this.#passphrase.isLocked)) return;
    for (const row of store.list()) {
      for (const slot of slotsOf(row)) {
        if (this.#learned.has(slot)) continue;
        try {
          const value = await this.#guard().get(slot);
          if (this.#note(slot, value !== undefined)) changed();
          if (value === undefined) continue;
          this.#redactor.know(row.name, value);
          this.#learned.add(slot);
        } catch {
          // Locked, or not there: `state` says so, and a release will.
          return;
        }
      }
    }
  }

  #found(slot: string, isThere: boolean): void {
    if (this.#note(slot, isThere)) this.#parts.changed();
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#parts.changed();
    }, tellMs).unref();
  }

  /** Returns whether that is news. */
  #note(slot: string, isThere: boolean): boolean {
    if (isThere) return this.#missing.delete(slot);
    if (this.#missing.has(slot)) return false;
    this.#missing.add(slot);
    return true;
  }
}

function summaryOf(row: SecretRow, isMissing: boolean): SecretSummary {
  const { name, bindings, createdAt, setAt, uses, lastUsedAt, expiresAt, note, rotation } = row;
  return {
    name,
    bindings,
    createdAt,
    setAt,
    uses,
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(rotation === undefined ? {} : { rotation: { since: rotation.since } }),
    ...(note === undefined ? {} : { note }),
    ...(isMissing ? { isMissing: true as const } : {}),
  };
}
