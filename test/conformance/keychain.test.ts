// What every keychain must do: the real Secret Service, and the one in memory that tests use.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemKeychain } from '#adapters/keychain';
import { MemoryKeychain } from '#test/memory-keychain';
import { startSecretService, type Session } from '#test/secret-service';

const folder = mkdtempSync(join(tmpdir(), 'atelier-keychain-'));
const before = { ...process.env };
let service: Session | undefined;

beforeAll(async () => {
  if (process.platform !== 'linux') return;
  service = await startSecretService(folder);
  Object.assign(process.env, service.env);
}, 60_000);

afterAll(async () => {
  await service?.stop();
  process.env = before;
  rmSync(folder, { recursive: true, force: true });
});

// Elsewhere the real one is the person's own, which no test should write to.
const kinds = [
  { kind: 'memory', open: () => new MemoryKeychain() },
  ...(process.platform === 'linux' ? [{ kind: 'Secret Service', open: () => new SystemKeychain() }] : []),
];
if (process.platform !== 'linux')
  process.stdout.write('Not on this system: the keychain here is the one of whoever runs this.\n');

describe.each(kinds)('a keychain ($kind)', ({ kind, open }) => {
  it('says that it is there after it was tried', async () => {
    const standing = await open().standing();
    expect(standing).toMatchObject({ isThere: true });
    expect(standing.name).toBe(kind === 'memory' ? 'Test keychain' : 'Secret Service (GNOME Keyring)');
  });

  it('gives back what was put in, replaced by what was put in later, until it is deleted', async () => {
    const keychain = open();
    const account = `test ${randomBytes(8).toString('hex')}`;
    expect(await keychain.get(account)).toBeUndefined();
    expect(await keychain.delete(account)).toBe(false);
    for (const value of ['one', 'zwei "ß" \\ 🗝', ' spaces ', 'x'.repeat(60_000)]) {
      await keychain.set(account, value);
      expect(await keychain.get(account)).toBe(value);
    }
    expect(await keychain.delete(account)).toBe(true);
    expect(await keychain.get(account)).toBeUndefined();
  });

  it('keeps accounts apart, many at once too', async () => {
    const keychain = open();
    const accounts = Array.from({ length: 12 }, (_, at) => `many ${at}`);
    await Promise.all(accounts.map((account) => keychain.set(account, `value of ${account}`)));
    expect(await Promise.all(accounts.map((account) => keychain.get(account)))).toEqual(
      accounts.map((account) => `value of ${account}`),
    );
    await Promise.all(accounts.map((account) => keychain.delete(account)));
  });
});
