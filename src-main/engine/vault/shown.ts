// The vault's state as it is shown: everything but values.
import { join } from 'node:path';
import type { Guard, SecretSummary } from '#contract/vault';
import type { PassphraseGuard } from './passphrase-guard.ts';
import type { GuardChoice, KeychainStanding, SecretRow, Tries } from './ports.ts';

export function shownKeychain(standing: KeychainStanding): { isThere: boolean; name: string; why?: string } {
  const { isThere, name } = standing;
  return standing.isThere ? { isThere, name } : { isThere, name, why: standing.why };
}

export function shownGuard(
  choice: GuardChoice,
  standing: KeychainStanding,
  passphrase: PassphraseGuard,
  { folder, tries, now }: { readonly folder: string; readonly tries: Tries; readonly now: number },
): Guard {
  if (choice.kind === 'keychain') {
    const detail = standing.isThere ? standing.detail : `It does not answer now. ${standing.why}`;
    return { kind: 'keychain', name: standing.name, detail };
  }
  return {
    kind: 'passphrase',
    name: 'a passphrase (scrypt, AES-256-GCM)',
    detail:
      passphrase.fault() ??
      `Sealed in ${join(folder, 'sealed.json')}. While it is unlocked, its key is in the memory of Atelier.`,
    isLocked: passphrase.isLocked,
    autoLockMinutes: choice.autoLockMinutes,
    ...(tries.waitUntil > now ? { waitUntil: tries.waitUntil } : {}),
  };
}

export function shownSecret(row: SecretRow, isMissing: boolean): SecretSummary {
  const { name, bindings, createdAt, setAt, uses, lastUsedAt, expiresAt, note, rotation } = row;
  return {
    name,
    bindings,
    createdAt,
    setAt,
    uses,
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(rotation === undefined ? {} : { rotation: { since: rotation.since } }),
    ...(note === undefined ? {} : { note }),
    ...(isMissing ? { isMissing } : {}),
  };
}
