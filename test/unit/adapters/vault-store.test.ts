// The vault's own database: several at once, the bound of the audit, files that are not ours.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Binding } from '#contract/vault';
import { openVaultStore } from '#adapters/sqlite/vault-store';
import type { SecretRow, VaultStore } from '#engine/vault/ports';
import { temporaryFolder } from '#test/store';

const bindings: Binding[] = [{ kind: 'host', origin: 'https://a.example' }];
const row = (name: string, more: Partial<SecretRow> = {}): SecretRow => ({
  id: `id of ${name}`,
  name,
  bindings,
  createdAt: 1,
  setAt: 2,
  version: 1,
  uses: 0,
  ...more,
});

function open(file: string): VaultStore {
  const store = openVaultStore(file);
  onTestFinished(() => store.close());
  return store;
}

const newFile = (): string => join(temporaryFolder(), 'vault', 'vault.db');

describe('the store of the vault', () => {
  it('gives back what was put in', () => {
    const store = open(newFile());
    expect([store.guard(), store.tries(), store.list(), store.locks()]).toEqual([
      undefined,
      { wrong: 0, waitUntil: 0 },
      [],
      0,
    ]);
    const whole = row('b', {
      lastUsedAt: 3.5,
      uses: 7,
      expiresAt: 4,
      note: 'n',
      rotation: { version: 2, since: 5, first: 'next' },
    });
    store.put(row('B2'));
    store.put(whole);
    store.put(row('a'));
    expect(store.list()).toEqual([row('a'), whole, row('B2')]);
    store.put(row('b'));
    expect(store.get('B')).toEqual(row('b'));
    expect(() => store.put({ ...row('A'), id: 'other' })).toThrow('cannot be used');
    store.remove('id of b');
    expect(store.get('b')).toBeUndefined();
    store.setGuard({ kind: 'passphrase', seal: 's', autoLockMinutes: 3 });
    expect(store.guard()).toEqual({ kind: 'passphrase', seal: 's', autoLockMinutes: 3 });
    store.setGuard({ kind: 'keychain' });
    expect(store.guard()).toEqual({ kind: 'keychain' });
    expect(store.maskKey()).toHaveLength(32);
  });

  it('is one with every other that has it open', () => {
    const file = newFile();
    const [one, other] = [open(file), open(file)];
    const before = one.version();
    other.put(row('a'));
    expect(one.get('a')).toEqual(row('a'));
    expect(one.version()).not.toBe(before);
    expect(one.maskKey()).toEqual(other.maskKey());
  });

  it('takes all of a transaction or nothing', () => {
    const store = open(newFile());
    expect(() =>
      store.transaction(() => {
        store.put(row('a'));
        store.transaction(() => store.put(row('b')));
        throw new Error('not that');
      }),
    ).toThrow('not that');
    expect(store.list()).toEqual([]);
    expect(store.transaction(() => (store.put(row('a')), 5), 'quick')).toBe(5);
    expect(store.list()).toHaveLength(1);
  });

  it('keeps the newest of the audit, and no more than the bound', () => {
    const file = newFile();
    const store = open(file);
    const release = {
      at: 1,
      secret: 'a',
      binding: bindings[0] ?? { kind: 'tool', name: 't' },
      outcome: 'released',
    } as const;
    const count = 100_050;
    store.transaction(() => {
      for (let at = 0; at < count; at += 1) store.audit({ ...release, at, purpose: `p ${at}` });
    });
    expect(store.releases(undefined, 2).map(({ at }) => at)).toEqual([count - 1, count - 2]);
    expect(store.releases('none', 2)).toEqual([]);
    const database = new Database(file, { readonly: true });
    onTestFinished(() => void database.close());
    expect(database.prepare('SELECT count(*) FROM releases').pluck().get()).toBe(100_000);
  }, 60_000);

  it('leaves what is not its own as it is, and says so', () => {
    const folder = temporaryFolder();
    const cases: readonly (readonly [string, (file: string) => void, string])[] = [
      ['text', (file) => writeFileSync(file, 'no database '.repeat(100)), 'damaged'],
      [
        'other',
        (file) => {
          const database = new Database(file);
          database.exec('CREATE TABLE t (a)');
          database.close();
        },
        'not made by Atelier',
      ],
      [
        'newer',
        (file) => {
          openVaultStore(file).close();
          const database = new Database(file);
          database.pragma('user_version = 99');
          database.close();
        },
        'newer Atelier',
      ],
    ];
    for (const [name, make, said] of cases) {
      const file = join(folder, `${name}.db`);
      make(file);
      const before = readFileSync(file);
      expect(() => openVaultStore(file)).toThrow(said);
      expect([name, readFileSync(file).equals(before)]).toEqual([name, true]);
    }
  });

  it('says that it is damaged where somebody wrote into it', () => {
    const file = newFile();
    const store = open(file);
    store.put(row('a'));
    const database = new Database(file);
    database.exec(`UPDATE secrets SET bindings = '[{"kind":"host"}]'`);
    database.close();
    expect(() => store.get('a')).toThrow('damaged');
  });
});
