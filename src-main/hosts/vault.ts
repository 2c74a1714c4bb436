// The user's vault with the system's keychain and its files, put together once for every host.
import { join } from 'node:path';
import { SystemKeychain } from '#adapters/keychain';
import { openVaultStore } from '#adapters/sqlite/vault-store';
import { systemClock } from '#adapters/workspace';
import { Problem, sentenceOf } from '#engine/problem';
import { Vault } from '#engine/vault/vault';

/** `data`: the user's data folder. Reads no value yet. Throws REFUSED where its files cannot be used. */
export async function openVault(data: string, changed: () => void): Promise<Vault> {
  const folder = join(data, 'vault');
  const store = openVaultStore(join(folder, 'vault.db'));
  const vault = new Vault({ folder, store, keychain: new SystemKeychain(), clock: systemClock, changed });
  await vault.open();
  return vault;
}

/** The same, or why not: a studio goes on without it, and says so where a secret is needed. */
export async function vaultOrProblem(data: string, changed: () => void): Promise<Vault | Problem> {
  try {
    return await openVault(data, changed);
  } catch (error) {
    return error instanceof Problem
      ? error
      : new Problem('INTERNAL', `The vault cannot be opened: ${sentenceOf(error)}`, undefined, { cause: error });
  }
}
