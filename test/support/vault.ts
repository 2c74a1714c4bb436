// Vaults for tests: real files in a temporary folder, a keychain in memory, quick passphrases.
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openVaultStore } from '#adapters/sqlite/vault-store';
import type { Binding } from '#contract/vault';
import type { Keychain, VaultStore } from '#engine/vault/ports';
import { Vault } from '#engine/vault/vault';
import { MemoryKeychain } from './memory-keychain.ts';
import { temporaryFolder } from './store.ts';

export const passphrase = 'correct horse battery';
export const secretValue = 'k7Vq-9zL_pQ2xWm4Rt8sYb1n';
export const otherValue = 'n3xt-V4lue_0f-the-k3y';
export const openai = { kind: 'provider', name: 'openai', origin: 'https://api.openai.com' } as const satisfies Binding;
export const toOpenai = { provider: 'openai', origin: 'https://api.openai.com', purpose: 'model openai/m for run 1' };
/** scrypt's N where a test is not about what a try costs. */
export const quickCost = 2 ** 10;

export interface TestVault {
  readonly vault: Vault;
  readonly folder: string;
  readonly store: VaultStore;
  readonly keychain: MemoryKeychain;
  /** Epoch ms; may be set. */
  readonly clock: { at: number; now(): number };
  /** How often the vault said that it changed. */
  readonly changes: { count: number };
}

/** Another one of the same `folder` and `keychain` is another process's, as it were. */
export async function testVault(
  options: {
    readonly folder?: string;
    readonly keychain?: MemoryKeychain;
    readonly guard?: 'keychain' | 'passphrase';
    readonly autoLockMinutes?: number;
  } = {},
): Promise<TestVault> {
  const {
    folder = join(temporaryFolder(), 'vault'),
    keychain = new MemoryKeychain(),
    guard,
    autoLockMinutes = 0,
  } = options;
  const clock = { at: Date.UTC(2026, 2, 1), now: () => clock.at };
  const changes = { count: 0 };
  const store = openVaultStore(join(folder, 'vault.db'));
  const system: Keychain = keychain;
  const vault = new Vault({
    folder,
    store,
    keychain: system,
    clock,
    changed: () => (changes.count += 1),
    cost: quickCost,
  });
  await vault.open();
  onTestFinished(() => vault.close());
  if (guard === 'keychain') await vault.chooseKeychain(false);
  if (guard === 'passphrase') await vault.choosePassphrase(passphrase, autoLockMinutes, false);
  return { vault, folder, store, keychain, clock, changes };
}

/** Guarded by a keychain, with one secret that openai is given. */
export async function vaultWithKey(): Promise<TestVault> {
  const made = await testVault({ guard: 'keychain' });
  await made.vault.add({ name: 'OPENAI_API_KEY', value: ` ${secretValue}\r\n`, bindings: [openai] });
  return made;
}
