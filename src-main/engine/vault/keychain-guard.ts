// The system's keychain as guard: one entry a value.
import type { Clock } from '../ports.ts';
import type { ValueGuard } from './guard.ts';
import type { Keychain } from './ports.ts';

/** A keychain takes milliseconds to answer, which every call of a model would wait for. */
const keptMs = 60_000;

interface Kept {
  readonly bytes: Buffer;
  readonly until: number;
}

export class KeychainGuard implements ValueGuard {
  readonly #keychain: Keychain;
  readonly #clock: Clock;
  /** What was read within the last minute. A slot's value never changes. */
  readonly #kept = new Map<string, Kept>();
  #timer: NodeJS.Timeout | undefined;

  constructor(keychain: Keychain, clock: Clock) {
    this.#keychain = keychain;
    this.#clock = clock;
  }

  async get(slot: string): Promise<string | undefined> {
    this.#forgetOld();
    const kept = this.#kept.get(slot);
    if (kept !== undefined) return kept.bytes.toString('utf8');
    const value = await this.#keychain.get(slot);
    if (value !== undefined) this.#keep(slot, value);
    return value;
  }

  put(slot: string, value: string): Promise<void> {
    return this.#keychain.set(slot, value);
  }

  async drop(slots: readonly string[]): Promise<void> {
    for (const slot of slots) {
      this.#forget(slot);
      await this.#keychain.delete(slot);
    }
  }

  forgetAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const slot of this.#kept.keys()) this.#forget(slot);
  }

  #keep(slot: string, value: string): void {
    this.#forget(slot);
    this.#kept.set(slot, { bytes: Buffer.from(value, 'utf8'), until: this.#clock.now() + keptMs });
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#sweep(), keptMs);
    this.#timer.unref();
  }

  #sweep(): void {
    this.#timer = undefined;
    this.#forgetOld();
    if (this.#kept.size === 0) return;
    this.#timer = setTimeout(() => this.#sweep(), keptMs);
    this.#timer.unref();
  }

  #forgetOld(): void {
    const now = this.#clock.now();
    // Also what would be kept for longer because the clock was set back.
    for (const [slot, { until }] of this.#kept) if (until <= now || until > now + keptMs) this.#forget(slot);
  }

  #forget(slot: string): void {
    this.#kept.get(slot)?.bytes.fill(0);
    this.#kept.delete(slot);
  }
}
