// The vault as text for a terminal.
import type { SecretRelease, SecretSummary, VaultState } from '#contract/vault';
import { bindingText } from '#engine/vault/bindings';
import { count, table } from './table.ts';
import { localTime } from './text.ts';

const day = 86_400_000;

/** What guards the secrets, by name. */
export function stateText({ guard, keychain, secrets }: VaultState): string {
  const has = keychain.isThere
    ? `${keychain.name} works here.`
    : `${keychain.name} does not work here. ${keychain.why ?? ''}`;
  if (guard === undefined)
    return `Nothing guards secrets yet, so none are kept. Choose: atelier secret guard keychain, or: atelier secret guard passphrase.\n${has}`;
  const locked = guard.kind === 'passphrase' && guard.isLocked ? ', locked here' : '';
  const kept = `${count(secrets.length, 'secret')}, guarded by ${guard.name}${locked}.\n${guard.detail}`;
  if (guard.kind === 'keychain' || guard.waitUntil === undefined) return kept;
  return `${kept}\nAfter wrong passphrases, the next one is taken at ${localTime(guard.waitUntil)}.`;
}

export function secretsText({ secrets, guard }: VaultState): string {
  if (secrets.length === 0)
    return guard === undefined
      ? 'No secrets, and nothing chosen yet to guard them: atelier secret guard --help'
      : 'No secrets.';
  const rows = secrets.map((secret) => [
    secret.name,
    secret.bindings.map(bindingText).join(', '),
    secret.lastUsedAt === undefined ? 'never' : localTime(secret.lastUsedAt),
    remarks(secret),
  ]);
  return table(['NAME', 'FOR', 'LAST USED', ''], rows);
}

function remarks({ isMissing, rotation, expiresAt, note }: SecretSummary): string {
  return [
    ...(isMissing === true ? ['has no value: put it in again'] : []),
    ...(rotation === undefined ? [] : ['two values']),
    ...(expiresAt === undefined ? [] : [expiryText(expiresAt, Date.now())]),
    ...(note === undefined ? [] : [note]),
  ].join('; ');
}

/** "expired on 2026-03-01", "expires on 2026-03-01, in 4 days". */
function expiryText(at: number, now: number): string {
  const date = localTime(at).slice(0, 10);
  if (at <= now) return `expired on ${date}`;
  return `expires on ${date}, in ${count(Math.ceil((at - now) / day), 'day')}`;
}

export function auditText(releases: readonly SecretRelease[]): string {
  if (releases.length === 0) return 'Nobody was given a value yet.';
  const rows = releases.map(({ at, secret, outcome, binding, purpose }) => [
    localTime(at),
    outcome,
    secret,
    bindingText(binding),
    purpose,
  ]);
  return table(['WHEN', '', 'SECRET', 'TO', 'WHAT FOR'], rows);
}
