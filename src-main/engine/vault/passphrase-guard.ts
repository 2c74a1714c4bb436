// A passphrase as guard: values sealed in a file, its key in memory between unlocking and locking.
import { rmSync } from 'node:fs';
import type { Clock } from '../ports.ts';
import { Problem } from '../problem.ts';
import type { ValueGuard } from './guard.ts';
import type { GuardChoice, VaultStore } from './ports.ts';
import { damaged, readSealed, writeSealed } from './sealed-file.ts';
import { sealOf, SealKey, type Sealed } from './sealing.ts';
import { startTry } from './tries.ts';

type Choice = Extract<GuardChoice, { kind: 'passphrase' }>;

export interface PassphraseParts {
  /** Path of the sealed file. */
  readonly file: string;
  readonly store: VaultStore;
  readonly clock: Clock;
  /** scrypt's N. */
  readonly cost: number;
  /** It locked itself, or was locked. */
  readonly locked: () => void;
}

const minute = 60_000;

export class PassphraseGuard implements ValueGuard {
  readonly #parts: PassphraseParts;
  #key: SealKey | undefined;
  #usedAt = 0;
  /** As the store had it when this was unlocked. */
  #locks = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: PassphraseParts) {
    this.#parts = parts;
  }

  get isLocked(): boolean {
    this.#lockIfDue();
    return this.#key === undefined;
  }

  /**
   * Makes itself the guard, with these values by slot; unlocked. `check` may throw at the last moment. Throws CONFLICT where sealed values
   * lie there that this vault knows nothing of.
   */
  async create(
    passphrase: string,
    autoLockMinutes: number,
    values: ReadonlyMap<string, string>,
    check: () => void,
  ): Promise<void> {
    const { file, store, cost } = this.#parts;
    if (Object.keys(readSealed(file)?.entries ?? {}).length > 0) {
      throw new Problem(
        'CONFLICT',
        `There are sealed secrets already in ${file}, which this vault knows nothing of.`,
        'Move that file away, or put back the vault.db that belongs to it; then choose again.',
      );
    }
    const key = await SealKey.make(passphrase, cost);
    const entries = Object.fromEntries([...values].map(([slot, value]) => [slot, key.seal(value, slot)]));
    store.transaction(() => {
      check();
      writeSealed(file, { version: 1, header: key.header, entries, mac: key.macOf(entries) });
      store.setGuard({ kind: 'passphrase', seal: sealOf(key.header), autoLockMinutes });
      store.setTries({ wrong: 0, waitUntil: 0 });
    });
    this.#unlockWith(key);
  }

  /** Throws REFUSED: a wrong passphrase, too soon after wrong ones, a file that was changed. */
  async unlock(passphrase: string): Promise<void> {
    const key = await this.#keyFor(passphrase);
    this.#unlockWith(key);
  }

  /** Once another one guards the values. */
  discard(): void {
    this.lock();
    rmSync(this.#parts.file, { force: true });
  }

  lockEverywhere(): void {
    const { store } = this.#parts;
    store.transaction(() => store.setLocks(store.locks() + 1));
    this.lock();
  }

  lock(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#key === undefined) return;
    this.#key.drop();
    this.#key = undefined;
    this.#parts.locked();
  }

  /** All values under the new passphrase, or none. Throws as `unlock`. */
  async change(passphrase: string, next: string): Promise<void> {
    const { store, cost } = this.#parts;
    const old = await this.#keyFor(passphrase);
    const key = await SealKey.make(next, cost);
    const seal = sealOf(key.header);
    // Named before the file is: after a crash between the two, either file is known.
    try {
      store.transaction(() => store.setGuard({ ...this.#mustChoose(), nextSeal: seal }));
      this.#sealAnew(old, key, seal);
    } catch (error) {
      key.drop();
      throw error;
    } finally {
      old.drop();
    }
    this.#unlockWith(key);
  }

  #sealAnew(old: SealKey, key: SealKey, seal: string): void {
    const { file, store } = this.#parts;
    store.transaction(() => {
      if (this.#mustChoose().nextSeal !== seal) {
        throw new Problem(
          'CONFLICT',
          'Another process is changing the passphrase at this moment.',
          'Nothing was changed here. See which passphrase opens the vault, then try again.',
        );
      }
      const sealed = this.#read(old);
      const entries: Sealed['entries'] = Object.fromEntries(
        Object.keys(sealed.entries).map((slot) => [slot, key.seal(this.#opened(old, sealed, slot), slot)]),
      );
      writeSealed(file, { version: 1, header: key.header, entries, mac: key.macOf(entries) });
      store.setGuard({ kind: 'passphrase', seal, autoLockMinutes: this.#mustChoose().autoLockMinutes });
    });
  }

  async get(slot: string): Promise<string | undefined> {
    const key = this.#unlocked();
    const sealed = this.#read(key);
    return Object.hasOwn(sealed.entries, slot) ? this.#opened(key, sealed, slot) : undefined;
  }

  async put(slot: string, value: string): Promise<void> {
    const key = this.#unlocked();
    this.#parts.store.transaction(() => {
      const entries = { ...this.#read(key).entries, [slot]: key.seal(value, slot) };
      writeSealed(this.#parts.file, { version: 1, header: key.header, entries, mac: key.macOf(entries) });
    });
  }

  async drop(slots: readonly string[]): Promise<void> {
    const key = this.#unlocked();
    this.#parts.store.transaction(() => {
      const { entries: before } = this.#read(key);
      const entries = Object.fromEntries(Object.entries(before).filter(([slot]) => !slots.includes(slot)));
      writeSealed(this.#parts.file, { version: 1, header: key.header, entries, mac: key.macOf(entries) });
    });
  }

  /** Which slots have a value, as far as can be told without the key; none where `fault` says why. */
  slots(): ReadonlySet<string> {
    const found = this.#found();
    return new Set(found instanceof Problem ? [] : Object.keys(found.entries));
  }

  /** What is wrong with the file, as far as can be told without the key. */
  fault(): string | undefined {
    const found = this.#found();
    return found instanceof Problem ? `${found.message} ${found.hint ?? ''}`.trim() : undefined;
  }

  /** `minutes` without use; 0 for never. Throws REFUSED where no passphrase is the guard. */
  setAutoLock(minutes: number): void {
    const { store } = this.#parts;
    store.transaction(() => store.setGuard({ ...this.#mustChoose(), autoLockMinutes: minutes }));
    if (this.#key !== undefined) this.#touch();
  }

  async #keyFor(passphrase: string): Promise<SealKey> {
    const { store, clock } = this.#parts;
    const { header } = this.#find();
    const done = startTry(store, clock);
    const key = await SealKey.open(passphrase, header);
    if (key === undefined) throw done.failed();
    done.succeeded();
    try {
      // A change that another process makes comes before all of this, or after it.
      store.transaction(() => {
        const sealed = this.#read(key);
        const { seal: before, autoLockMinutes } = this.#mustChoose();
        const seal = sealOf(sealed.header);
        if (before !== seal) store.setGuard({ kind: 'passphrase', seal, autoLockMinutes });
      });
    } catch (error) {
      key.drop();
      throw error;
    }
    return key;
  }

  /** The file, as whoever has the key knows it. */
  #read(key: SealKey): Sealed {
    const sealed = this.#find();
    if (sealOf(sealed.header) !== sealOf(key.header)) {
      this.lock();
      throw new Problem(
        'REFUSED',
        'The passphrase of the vault was changed by another process.',
        'Unlock it with the new passphrase.',
      );
    }
    if (!key.isMacOf(sealed.mac, sealed.entries))
      throw damaged(this.#parts.file, 'its entries are not those that were sealed');
    return sealed;
  }

  #found(): Sealed | Problem {
    try {
      return this.#find();
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  }

  #find(): Sealed {
    const { file } = this.#parts;
    const { seal, nextSeal } = this.#mustChoose();
    const sealed = readSealed(file);
    if (sealed === undefined) throw damaged(file, 'it is gone');
    if (![seal, nextSeal].includes(sealOf(sealed.header)))
      throw damaged(file, 'it is not the one that was written last, but an older one or another');
    return sealed;
  }

  #opened(key: SealKey, sealed: Sealed, slot: string): string {
    const box = sealed.entries[slot];
    const value = box === undefined ? undefined : key.open(box, slot);
    if (value === undefined) throw damaged(this.#parts.file, 'an entry is not what was sealed');
    return value;
  }

  #unlocked(): SealKey {
    this.#lockIfDue();
    if (this.#key === undefined)
      throw new Problem('REFUSED', 'The vault is locked.', 'Unlock it with its passphrase, then try again.');
    this.#touch();
    return this.#key;
  }

  #unlockWith(key: SealKey): void {
    if (this.#key !== key) this.#key?.drop();
    this.#key = key;
    this.#locks = this.#parts.store.locks();
    this.#touch();
  }

  /** The minutes begin anew. */
  #touch(): void {
    this.#usedAt = this.#parts.clock.now();
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const idle = this.#idleMs();
    if (idle === undefined) return;
    // Timers stand still while the machine sleeps, and have no more than 31 bits.
    const left = Math.min(Math.max(this.#usedAt + idle - this.#parts.clock.now(), 0) + 1, 30 * minute);
    this.#timer = setTimeout(() => {
      this.#lockIfDue();
      if (this.#key !== undefined) this.#wait();
    }, left);
    this.#timer.unref();
  }

  /** After the minutes without use, or once another process said so. */
  #lockIfDue(): void {
    if (this.#key === undefined) return;
    const idle = this.#idleMs();
    const now = this.#parts.clock.now();
    // A clock that was set back must not keep it open until it has caught up.
    this.#usedAt = Math.min(this.#usedAt, now);
    const isIdle = idle !== undefined && now - this.#usedAt >= idle;
    if (isIdle || this.#parts.store.locks() !== this.#locks) this.lock();
  }

  /** undefined: never. */
  #idleMs(): number | undefined {
    const minutes = this.#choice()?.autoLockMinutes ?? 0;
    return minutes === 0 ? undefined : minutes * minute;
  }

  #choice(): Choice | undefined {
    const choice = this.#parts.store.guard();
    return choice?.kind === 'passphrase' ? choice : undefined;
  }

  #mustChoose(): Choice {
    const choice = this.#choice();
    if (choice === undefined) throw new Problem('REFUSED', 'The vault is not guarded by a passphrase.');
    return choice;
  }
}
