// The user's vault with the system's keychain and its files, put together once for every host.
import { join } from 'node:path';
import { SystemKeychain } from '#adapters/keychain';
import { openVaultStore } from '#adapters/sqlite/vault-store';
import { systemClock } from '#adapters/workspace';
import { Vault } from '#engine/vault/vault';

/** `data`: the user's data folder. Reads no value yet. Throws REFUSED where its files cannot be used. */
export async function openVault(data: string, changed: () => void): Promise<Vault> {
  const folder = join(data, 'vault');
  const store = openVaultStore(join(folder, 'vault.db'));
  const vault = new Vault({ folder, store, keychain: new SystemKeychain(), clock: systemClock, changed });
  await vault.open();
  return vault;
}
