// The user's vault with the system's keychain and its files, put together once for every host.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SystemKeychain } from '#adapters/keychain';
import { openVaultStore } from '#adapters/sqlite/vault-store';
import { systemClock } from '#adapters/workspace';
import { Problem, sentenceOf } from '#engine/problem';
import { Vault } from '#engine/vault/vault';

/**
 * `data`: the user's data folder. Its values are learned for the redactor in the background (`ready`); `changed` is told of what other
 * processes do, too. Throws REFUSED where its files cannot be used.
 */
export async function openVault(data: string, changed: () => void): Promise<Vault> {
  const vault = vaultIn(data, changed);
  await vault.open();
  return vault;
}

/** For a look or a single change: asks the guard for nothing by itself. */
export function vaultIn(data: string, changed: () => void = () => undefined): Vault {
  const folder = join(data, 'vault');
  const store = openVaultStore(join(folder, 'vault.db'));
  return new Vault({ folder, store, keychain: new SystemKeychain(), clock: systemClock, changed });
}

/** Whether anything was ever kept or chosen there. */
export function hasVault(data: string): boolean {
  return existsSync(join(data, 'vault', 'vault.db'));
}

/** `openVault`, or why not: a studio goes on without it, and says so where a secret is needed. */
export async function vaultOrProblem(data: string, changed: () => void): Promise<Vault | Problem> {
  try {
    return await openVault(data, changed);
  } catch (error) {
    return error instanceof Problem
      ? error
      : new Problem('INTERNAL', `The vault cannot be opened: ${sentenceOf(error)}`, undefined, { cause: error });
  }
}

/** How long a keychain is waited for that asks a person to unlock it, ms. */
const patienceMs = 10_000;

/** Once the redactor knows what it can; `late` is called where the keychain takes longer than anybody waits. */
export async function learnedValues(vault: Vault, late: () => void): Promise<void> {
  const stop = new AbortController();
  const waited = delay(patienceMs, true, { signal: stop.signal, ref: false }).catch(() => false);
  const isLate = await Promise.race([vault.ready().then(() => false), waited]);
  stop.abort();
  if (isLate) late();
}
