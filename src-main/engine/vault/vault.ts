// The vault: names of secrets for everybody, values only for what they are bound to.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binding, FoundVariable, SecretRelease, VaultState } from '#contract/vault';
import type { Clock } from '../ports.ts';
import { Problem } from '../problem.ts';
import type { Redactor } from '../redactor.ts';
import { isBound, normalBindings } from './bindings.ts';
import type { ValueGuard } from './guard.ts';
import { KeychainGuard } from './keychain-guard.ts';
import { LearnedValues } from './learned-values.ts';
import { PassphraseGuard } from './passphrase-guard.ts';
import type { GuardChoice, Keychain, KeychainStanding, SecretRow, VaultStore } from './ports.ts';
import { VaultRedactor } from './redactor.ts';
import { Releasing } from './releasing.ts';
import { usualCost } from './sealing.ts';
import { SecretBook, slotsOf, type NewSecret, type SecretChange } from './secret-book.ts';
import type { Released, ReleaseTo, Secrets } from './secrets.ts';
import { shownGuard, shownKeychain, shownSecret } from './shown.ts';
import { checkedValue } from './value.ts';
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
/** So long the end waits for a change that is under way, ms. */
const patienceMs = 3000;
/** Uses are told of no more often than this, ms. */
const tellMs = 1000;

export class Vault implements Secrets {
  /** Knows every value that this process has had in its hands, also after the vault is locked or the secret removed. */
  readonly redactor: Redactor;
  readonly #parts: VaultParts;
  readonly #keychain: KeychainGuard;
  readonly #passphrase: PassphraseGuard;
  readonly #book: SecretBook;
  readonly #releasing: Releasing;
  readonly #learned: LearnedValues;
  #standing: { readonly at: number; readonly asked: Promise<KeychainStanding> } | undefined;
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
    this.redactor = redactor;
    this.#keychain = new KeychainGuard(keychain, clock);
    this.#passphrase = new PassphraseGuard({ file, store, clock, cost, locked: changed });
    const mask = (text: string): string => redactor.text(text);
    this.#book = new SecretBook({ store, clock, guard, know, mask });
    this.#learned = new LearnedValues({
      store,
      know,
      changed,
      guard: () => (store.guard() === undefined || this.isLocked ? undefined : guard()),
    });
    this.#releasing = new Releasing({
      store,
      clock,
      guard,
      know,
      mask,
      found: (slot, isThere) => this.#used(slot, isThere),
    });
  }

  /** From now on values are learned for the redactor, and what other processes do is noticed. `ready` tells when the first are known. */
  async open(): Promise<void> {
    this.#version = this.#parts.store.version();
    this.#learned.learn();
    this.#looking = setInterval(() => this.#look(), lookMs);
    this.#looking.unref();
  }

  /** Once the redactor knows every value that the guard gave; at once where it gives none (locked, not there, none chosen). */
  ready(): Promise<void> {
    return this.#learned.done;
  }

  /** The key and what was read is forgotten. */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    clearTimeout(this.#telling);
    this.#learned.stop();
    // What waits for a person to unlock the keychain is not waited for.
    await Promise.race([this.#last, delay(patienceMs, undefined, { ref: false })]);
    this.#keychain.forgetAll();
    this.#passphrase.lock();
    this.#parts.store.close();
  }

  async state(): Promise<VaultState> {
    const { store, folder, clock } = this.#parts;
    const standing = await this.#keychainStanding();
    const choice = store.guard();
    const isMissing = this.#missing(choice);
    const facts = { folder, tries: store.tries(), now: clock.now() };
    return {
      ...(choice === undefined ? {} : { guard: shownGuard(choice, standing, this.#passphrase, facts) }),
      keychain: shownKeychain(standing),
      secrets: store.list().map((row) => shownSecret(row, slotsOf(row).some(isMissing))),
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
        // Where another process has made the same move meanwhile, they are what it relies on.
        if (store.guard()?.kind !== 'keychain') for (const slot of put) await keychain.delete(slot);
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

  /** In every process. */
  lock(): void {
    if (this.#parts.store.guard()?.kind === 'keychain') {
      throw new Problem(
        'REFUSED',
        'The keychain guards the secrets: the system locks it, Atelier cannot.',
        'Lock it in the settings of the system.',
      );
    }
    this.#passphrase.lockEverywhere();
  }

  changePassphrase(passphrase: string, next: string): Promise<void> {
    return this.#inTurn(() => this.#passphrase.change(passphrase, next));
  }

  /** `minutes` without use; 0 for never. */
  setAutoLock(minutes: number): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#parts.store.guard()?.kind !== 'passphrase')
        throw new Problem('REFUSED', 'Only a vault with a passphrase locks itself.', 'Choose a passphrase first.');
      this.#passphrase.setAutoLock(minutes);
    });
  }

  /** Whether a passphrase must be given before anything is released. */
  get isLocked(): boolean {
    return this.#parts.store.guard()?.kind === 'passphrase' && this.#passphrase.isLocked;
  }

  /** Throws REFUSED until a guard is chosen. */
  requireGuard(): void {
    this.#guard();
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
        const value = variables.get(this.#book.newName(name));
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
    if (this.isLocked) return 'locked';
    return this.#missing(choice)(slotsOf(row)[0] ?? '') ? 'missing' : 'ready';
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

  #missing(choice: GuardChoice | undefined): (slot: string) => boolean {
    if (choice?.kind !== 'passphrase') return (slot) => this.#learned.isMissing(slot);
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
        if (this.#looking !== undefined) this.#learned.learn();
        this.#parts.changed();
      });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #look(): void {
    const version = this.#parts.store.version();
    if (version === this.#version) return;
    this.#version = version;
    this.#learned.learn();
    this.#parts.changed();
  }

  #used(slot: string, isThere: boolean): void {
    this.#learned.note(slot, isThere);
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#parts.changed();
    }, tellMs).unref();
  }
}
