// Writes the ledger: what must be written before a byte leaves shares one commit with all that was asked for meanwhile.
import type { LedgerEntry } from '#contract/egress';
import type { LedgerStore } from '../network-ports.ts';
import type { SettingStore } from '../ports.ts';
import { appendChained, type LedgerDraft } from './chain.ts';

/** How long an entry that nobody waits for may wait for others, ms. */
const laterMs = 50;

interface Waiting {
  readonly draft: LedgerDraft;
  readonly resolve: (entry: LedgerEntry) => void;
  readonly reject: (error: unknown) => void;
}

export interface LedgerWriterParts {
  readonly ledger: LedgerStore;
  readonly settings: SettingStore;
  /** What was just written. */
  readonly written: (entries: readonly LedgerEntry[]) => void;
}

export class LedgerWriter {
  readonly #parts: LedgerWriterParts;
  #waiting: Waiting[] = [];
  /** They stay until a commit takes them. */
  #later: LedgerDraft[] = [];
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: LedgerWriterParts) {
    this.#parts = parts;
  }

  /** Resolves once the entry is written; rejects where it cannot be written. */
  write(draft: LedgerDraft): Promise<LedgerEntry> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ draft, resolve, reject });
      this.#immediate ??= setImmediate(() => this.#commitWaiting());
    });
  }

  /** On disk within 50 ms; where that fails, with the next entry that can be written. */
  writeLater(draft: LedgerDraft): void {
    this.#later.push(draft);
    this.#timer ??= setTimeout(() => this.#commitWaiting(), laterMs).unref();
  }

  /** Writes what is waiting now; throws where it cannot be written. */
  flush(): void {
    const error = this.#commit();
    if (error !== undefined) throw error.cause;
  }

  /** Whoever waits is told of a failure; what nobody waits for is kept, and whoever asks to send next meets the same disk. */
  #commitWaiting(): void {
    this.#commit();
  }

  #commit(): { readonly cause: unknown } | undefined {
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    this.#immediate = undefined;
    this.#timer = undefined;
    const waiting = this.#waiting;
    const later = this.#later;
    if (waiting.length === 0 && later.length === 0) return undefined;
    this.#waiting = [];
    try {
      const entries = appendChained(this.#parts, [...later, ...waiting.map(({ draft }) => draft)]);
      this.#later = [];
      this.#parts.written(entries);
      for (const [index, { resolve }] of waiting.entries()) {
        const entry = entries[later.length + index];
        if (entry !== undefined) resolve(entry);
      }
      return undefined;
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      return { cause: error };
    }
  }
}
