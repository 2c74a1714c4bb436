// Which values the redactor knows, and which the guard turned out not to have.
import type { ValueGuard } from './guard.ts';
import type { VaultStore } from './ports.ts';
import { slotsOf } from './secret-book.ts';

interface LearnedParts {
  readonly store: VaultStore;
  /** undefined where there is nobody who could be asked now: none chosen, or locked. */
  readonly guard: () => ValueGuard | undefined;
  readonly know: (name: string, value: string) => void;
  readonly changed: () => void;
}

export class LearnedValues {
  readonly #parts: LearnedParts;
  readonly #learned = new Set<string>();
  readonly #missing = new Set<string>();
  #learning: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(parts: LearnedParts) {
    this.#parts = parts;
  }

  /** Once all that was asked for is known. */
  get done(): Promise<void> {
    return this.#learning;
  }

  /** Nothing more is asked for: a keychain may be waiting for somebody to unlock it. */
  stop(): void {
    this.#isStopped = true;
  }

  isMissing(slot: string): boolean {
    return this.#missing.has(slot);
  }

  /** Reads every value that is not known yet, so that it is masked wherever it turns up. */
  learn(): void {
    this.#learning = this.#learning.then(() => this.#learnAll());
  }

  /** A slot turned out to have a value, or none. */
  note(slot: string, isThere: boolean): void {
    if (this.#missing.has(slot) === !isThere) return;
    if (isThere) this.#missing.delete(slot);
    else this.#missing.add(slot);
    this.#parts.changed();
  }

  /** Never rejects: what goes wrong keeps no later time from being tried. */
  async #learnAll(): Promise<void> {
    try {
      const keeper = this.#isStopped ? undefined : this.#parts.guard();
      if (keeper === undefined) return;
      for (const row of this.#parts.store.list())
        for (const slot of slotsOf(row)) await this.#learnOne(keeper, row.name, slot);
    } catch {
      // Locked meanwhile, or not there, or damaged: the state of the vault, which asks the same, says so, and so will a release.
    }
  }

  async #learnOne(keeper: ValueGuard, name: string, slot: string): Promise<void> {
    if (this.#isStopped || this.#learned.has(slot)) return;
    const value = await keeper.get(slot);
    if (this.#isStopped) return;
    this.note(slot, value !== undefined);
    if (value === undefined) return;
    this.#parts.know(name, value);
    this.#learned.add(slot);
  }
}
