// Processes that change the vault at the same moment, clocks that go back, and values that are typed where they do not belong.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Binding } from '#contract/vault';
import { KeychainGuard } from '#engine/vault/keychain-guard';
import { PassphraseGuard } from '#engine/vault/passphrase-guard';
import type { VaultStore } from '#engine/vault/ports';
import { Vault } from '#engine/vault/vault';
import { MemoryKeychain } from '#test/memory-keychain';
import { passphrase, quickCost, testVault } from '#test/vault';

const value = 'k7Vq-9zL_pQ2xWm4Rt8sYb1n';
const bindings: readonly Binding[] = [{ kind: 'host', origin: 'https://example.com' }];
const to = { origin: 'https://example.com', purpose: 'test' };
const hexValue = '9f86d081884c7d659a2feaa0c55ad015';
const next = 'another long passphrase';

/** The store as another process's: `before` is called before each transaction with its number, from 1. */
function watched(store: VaultStore, before: (number: number) => void = () => undefined) {
  const outside: string[] = [];
  let depth = 0;
  let number = 0;
  const proxy = new Proxy(store, {
    get(target, name) {
      if (name === 'transaction') {
        return (work: () => unknown, quick?: 'quick') => {
          if (depth === 0) before((number += 1));
          depth += 1;
          try {
            return target.transaction(work, quick);
          } finally {
            depth -= 1;
          }
        };
      }
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: readonly unknown[]): unknown => {
        if (name === 'setGuard' && depth === 0) outside.push(name);
        return Reflect.apply(member, target, given);
      };
    },
  });
  return { store: proxy, outside };
}

describe('two processes at once', () => {
  it('who the guard is, is read and written in one transaction: no other process’s word is overwritten', async () => {
    const made = await testVault({ guard: 'passphrase' });
    const { folder, clock, keychain } = made;
    const { store, outside } = watched(made.store);
    const vault = new Vault({ folder, store, keychain, clock, changed: () => undefined, cost: quickCost });
    await vault.unlock(passphrase);
    await vault.setAutoLock(5);
    await vault.changePassphrase(passphrase, next);
    // As after a crash in the middle of a change: the file is the next one already.
    const guard = store.guard();
    if (guard?.kind !== 'passphrase') throw new Error('There should be a passphrase.');
    made.store.setGuard({ ...guard, seal: 'f'.repeat(64), nextSeal: guard.seal });
    vault.lock();
    await vault.unlock(next);
    expect(made.store.guard()).toEqual(guard);
    await vault.chooseKeychain(true);
    await vault.choosePassphrase(passphrase, 0, true);
    expect(outside).toEqual([]);
  });

  it('a passphrase that another process is changing is not changed under its hands', async () => {
    const made = await testVault({ guard: 'passphrase' });
    await made.vault.add({ name: 'KEY', value, bindings });
    const file = join(made.folder, 'sealed.json');
    const before = readFileSync(file, 'utf8');
    const other = 'e'.repeat(64);
    // The second transaction of a change is the one that writes the file.
    let writes = 0;
    const { store } = watched(made.store, () => {
      const guard = made.store.guard();
      if (guard?.kind !== 'passphrase' || guard.nextSeal === undefined) return;
      writes += 1;
      made.store.setGuard({ ...guard, nextSeal: other });
    });
    const guard = new PassphraseGuard({ file, store, clock: made.clock, cost: quickCost, locked: () => undefined });
    await expect(guard.change(passphrase, next)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(writes).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe(before);
    // What the other one has announced is still announced.
    expect(made.store.guard()).toMatchObject({ nextSeal: other });
    const third = await testVault({ folder: made.folder });
    await third.vault.unlock(passphrase);
    expect((await third.vault.release('KEY', to)).value).toBe(value);
  });

  it('a move to the keychain that fails takes nothing away from one that another process has made meanwhile', async () => {
    const made = await testVault({ guard: 'passphrase' });
    await made.vault.add({ name: 'KEY', value, bindings });
    const { folder, clock, keychain } = made;
    const other = await testVault({ folder, keychain });
    await other.vault.unlock(passphrase);
    let isDone = false;
    const late: typeof keychain = new Proxy(keychain, {
      get(target, name) {
        if (name !== 'set') {
          const member: unknown = Reflect.get(target, name);
          return typeof member === 'function' ? member.bind(target) : member;
        }
        return async (slot: string, given: string) => {
          await target.set(slot, given);
          if (isDone || given !== value) return;
          isDone = true;
          await other.vault.chooseKeychain(true);
          await other.vault.add({ name: 'MORE', value: `${value}-more`, bindings });
        };
      },
    });
    const slow = new Vault({
      folder,
      store: made.store,
      keychain: late,
      clock,
      changed: () => undefined,
      cost: quickCost,
    });
    await slow.unlock(passphrase);
    await expect(slow.chooseKeychain(true)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await other.vault.release('KEY', to)).value).toBe(value);
    expect((await other.vault.release('MORE', to)).value).toBe(`${value}-more`);
  });
});

describe('a clock that goes back', () => {
  it('does not keep the vault open', async () => {
    const { vault, clock } = await testVault({ guard: 'passphrase', autoLockMinutes: 5 });
    clock.at -= 7 * 86_400_000;
    expect(vault.isLocked).toBe(false);
    clock.at += 5 * 60_000;
    expect(vault.isLocked).toBe(true);
  });

  it('keeps no value of the keychain in memory for longer', async () => {
    const keychain = new MemoryKeychain();
    await keychain.set('slot', value);
    const clock = { at: 1_800_000_000_000, now: () => clock.at };
    const guard = new KeychainGuard(keychain, clock);
    await guard.get('slot');
    keychain.held.clear();
    clock.at -= 86_400_000;
    expect(await guard.get('slot')).toBeUndefined();
  });
});

describe('a value in the wrong place', () => {
  it('is masked in notes, and bound to nothing', async () => {
    const { vault, folder } = await testVault({ guard: 'keychain' });
    await vault.add({ name: 'KEY', value, bindings, note: `it is ${value}` });
    await vault.edit('KEY', { note: `now ${value} sk-proj-aB3dE5fG7hJ9kL1mN3pQ5rS7tU9v` });
    expect((await vault.state()).secrets[0]?.note).toMatch(/^now ‹secret KEY› ‹key sk-… [0-9a-f]{6}›$/u);
    const wrong: readonly (readonly [Binding, string])[] = [
      [{ kind: 'tool', name: value }, value],
      [{ kind: 'provider', name: value, origin: 'https://example.com' }, value],
      [{ kind: 'host', origin: `https://${hexValue}.example.com` }, hexValue],
    ];
    await vault.add({ name: 'HEX', value: hexValue, bindings });
    for (const [one, hidden] of wrong) {
      const message = expect.not.stringContaining(hidden) as string;
      await expect(vault.edit('KEY', { bindings: [one] })).rejects.toMatchObject({ code: 'BAD_INPUT', message });
    }
    await vault.release(value, { tool: value, origin: 'https://example.com', purpose: value }).catch(() => undefined);
    await vault.close();
    const written = readFileSync(join(folder, 'vault.db'));
    expect([value, hexValue, '‹secret KEY›'].map((text) => written.includes(text))).toEqual([false, false, true]);
  });

  it('is masked whole where it begins before the audit cuts, so that no half of it stands there', async () => {
    const { vault } = await testVault({ guard: 'keychain' });
    await vault.add({ name: 'KEY', value, bindings });
    const long = `${'x'.repeat(95)}${value}`;
    await vault.release('KEY', { provider: long, origin: 'https://example.com', purpose: 'p' }).catch(() => undefined);
    await vault.release(long, { provider: long, origin: 'https://example.com', purpose: 'p' }).catch(() => undefined);
    const audit = JSON.stringify(vault.releases(undefined, 10));
    expect(audit).toContain('xxxxx');
    expect(audit).not.toContain(value.slice(0, 5));
  });
});
