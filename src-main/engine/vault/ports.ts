// What the vault needs of the world: the system's keychain, and a store for everything about secrets but their values.
import type { Binding, SecretRelease } from '#contract/vault';

export type KeychainStanding =
  | { readonly isThere: true; readonly name: string; readonly detail: string }
  | { readonly isThere: false; readonly name: string; readonly why: string };

/** The system's own store of secrets. Every method but `standing` rejects with a Problem (REFUSED) where it does not answer. */
export interface Keychain {
  /** Whether it works here, found out by a random value that is written, read and deleted. Never rejects. */
  standing(): Promise<KeychainStanding>;
  get(account: string): Promise<string | undefined>;
  set(account: string, value: string): Promise<void>;
  /** Returns whether there was one. */
  delete(account: string): Promise<boolean>;
}

export type GuardChoice =
  | { readonly kind: 'keychain' }
  | {
      readonly kind: 'passphrase';
      /** Which sealed file is meant: the hash of its header. */
      readonly seal: string;
      /** The one that takes its place, while a change of the passphrase is under way. */
      readonly nextSeal?: string;
      readonly autoLockMinutes: number;
    };

/** A secret without its values, which lie with the guard under `slot(id, version)`. */
export interface SecretRow {
  readonly id: string;
  readonly name: string;
  readonly bindings: readonly Binding[];
  readonly createdAt: number;
  readonly setAt: number;
  readonly version: number;
  readonly lastUsedAt?: number;
  readonly uses: number;
  readonly expiresAt?: number;
  readonly note?: string;
  /** A second value, valid beside the first. `first`: which is handed out first. */
  readonly rotation?: { readonly version: number; readonly since: number; readonly first: 'old' | 'next' };
}

/** Wrong passphrases so far, and until when none is taken. */
export interface Tries {
  readonly wrong: number;
  readonly waitUntil: number;
}

/** Synchronous; several processes may have it open, and each read sees what the others wrote. */
export interface VaultStore {
  guard(): GuardChoice | undefined;
  setGuard(guard: GuardChoice): void;
  tries(): Tries;
  setTries(tries: Tries): void;
  /** How often every process was told to lock. */
  locks(): number;
  setLocks(count: number): void;
  /** 32 random bytes, made once: masks are made with it. */
  maskKey(): Uint8Array;
  /** By name. */
  list(): readonly SecretRow[];
  /** Case aside: names that differ by nothing else are one. */
  get(name: string): SecretRow | undefined;
  /** Adds, or replaces what is known by the same id. */
  put(row: SecretRow): void;
  remove(id: string): void;
  /** Of the oldest, those are dropped that are more than the bound. */
  audit(release: SecretRelease): void;
  /** Newest first. */
  releases(secret: string | undefined, limit: number): readonly SecretRelease[];
  /**
   * All of `work` or nothing, with no other process's writes between; on disk when it returns. Nests. `quick`: outlives the process, but a
   * power failure may take it back, as every release would otherwise wait for the disk.
   */
  transaction<T>(work: () => T, quick?: 'quick'): T;
  /** Another number after another process wrote. */
  version(): number;
  close(): void;
}
