// A keychain in memory, for tests of what uses one; it can be gone, and shows what it holds.
import { Problem } from '#engine/problem';
import type { Keychain, KeychainStanding } from '#engine/vault/ports';

export class MemoryKeychain implements Keychain {
  readonly held = new Map<string, string>();
  /** Why it is not there; undefined while it is. */
  gone: string | undefined;
  /** How often it was asked for a value. */
  reads = 0;
  probes = 0;

  standing(): Promise<KeychainStanding> {
    this.probes += 1;
    const name = 'Test keychain';
    return Promise.resolve(
      this.gone === undefined
        ? { isThere: true, name, detail: 'In memory.' }
        : { isThere: false, name, why: this.gone },
    );
  }

  get(account: string): Promise<string | undefined> {
    this.reads += 1;
    return this.#answer(() => this.held.get(account));
  }

  set(account: string, value: string): Promise<void> {
    return this.#answer(() => void this.held.set(account, value));
  }

  delete(account: string): Promise<boolean> {
    return this.#answer(() => this.held.delete(account));
  }

  #answer<T>(work: () => T): Promise<T> {
    if (this.gone !== undefined)
      return Promise.reject(new Problem('REFUSED', 'Test keychain does not answer.', this.gone));
    return Promise.resolve(work());
  }
}
