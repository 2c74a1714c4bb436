// The system's keychain where there is none: said with its reason, and nothing is put anywhere else.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openVaultStore } from '#adapters/sqlite/vault-store';
import { SystemKeychain } from '#adapters/keychain';
import { systemClock } from '#adapters/workspace';
import { Vault } from '#engine/vault/vault';
import { startBareSession, startSecretService, type Session } from '#test/secret-service';
import { temporaryFolder } from '#test/store';

const program = join(import.meta.dirname, '../../support/processes/use-keychain.ts');
const run = promisify(execFile);
const said = z.object({ answer: z.unknown(), kernel: z.string() });

/** In a process of its own, whose session bus is at `address`. */
async function keychainAt(address: string | undefined, ...argv: string[]): Promise<z.infer<typeof said>> {
  const { DBUS_SESSION_BUS_ADDRESS: _, ...env } = process.env;
  const bus = address === undefined ? {} : { DBUS_SESSION_BUS_ADDRESS: address };
  const { stdout } = await run(process.execPath, [program, ...argv], { env: { ...env, ...bus } });
  return said.parse(JSON.parse(stdout));
}

const busOf = ({ env }: Session): string => env['DBUS_SESSION_BUS_ADDRESS'] ?? '';

let sessions: Session[] = [];
async function started(session: Promise<Session>): Promise<Session> {
  const one = await session;
  sessions.push(one);
  return one;
}
afterEach(async () => {
  await Promise.all(sessions.map((session) => session.stop()));
  sessions = [];
});

const isLinux = process.platform === 'linux';
if (!isLinux) process.stdout.write('Left out: only on Linux may a system have no keychain.\n');

describe.runIf(isLinux)('a keychain that is not there', () => {
  it.each([
    ['no bus', undefined],
    ['an empty address', ''],
    ['an address where nothing is', 'unix:path=/nowhere/at/all'],
    ['an address that is none', 'nonsense'],
  ])('says so, and puts nothing into the kernel: %s', async (_, address) => {
    const { answer } = await keychainAt(address);
    expect(answer).toMatchObject({
      isThere: false,
      name: 'Secret Service',
      why: expect.stringMatching(/\.$/u) as string,
    });
    const set = await keychainAt(address, 'set', 'planted-account', 'planted-value');
    expect(set.answer).toEqual({ problem: 'Secret Service does not answer.' });
    expect(set.kernel).not.toContain('planted');
    expect((await keychainAt(address, 'get', 'planted-account')).answer).toEqual({
      problem: 'Secret Service does not answer.',
    });
  });

  it('says so: a bus on which nobody keeps secrets', async () => {
    const session = await started(startBareSession(temporaryFolder()));
    expect((await keychainAt(busOf(session))).answer).toMatchObject({
      isThere: false,
      why: expect.stringContaining('Nothing on the session bus keeps secrets') as string,
    });
  });

  it('says so: a keyring that is locked, and nobody unlocks', async () => {
    const folder = temporaryFolder();
    const first = await started(startSecretService(folder, 'right'));
    expect((await keychainAt(busOf(first), 'set', 'kept', 'a value to keep')).answer).toBeNull();
    await first.stop();
    const second = await started(startSecretService(folder, 'wrong'));
    expect((await keychainAt(busOf(second))).answer).toMatchObject({
      isThere: false,
      why: expect.stringContaining('It is locked') as string,
    });
    await second.stop();
    const third = await started(startSecretService(folder, 'right'));
    expect((await keychainAt(busOf(third), 'get', 'kept')).answer).toBe('a value to keep');
  }, 60_000);
});

describe.runIf(isLinux)('a vault with the real one', () => {
  it('keeps a value where only the keychain has it, and says by whom it is guarded', async () => {
    const folder = temporaryFolder();
    const session = await started(startSecretService(folder));
    process.env['DBUS_SESSION_BUS_ADDRESS'] = busOf(session);
    const open = async (): Promise<Vault> => {
      const store = openVaultStore(join(folder, 'vault', 'vault.db'));
      const parts = { folder: join(folder, 'vault'), store, keychain: new SystemKeychain(), clock: systemClock };
      const vault = new Vault({ ...parts, changed: () => undefined });
      await vault.open();
      return vault;
    };
    const to = { origin: 'https://a.example', purpose: 'test' };
    const bindings = [{ kind: 'host', origin: 'https://a.example' } as const];
    const value = 'a-value-in-the-real-keyring';
    const one = await open();
    await one.chooseKeychain(false);
    await one.add({ name: 'KEY', value, bindings });
    expect((await one.state()).guard).toMatchObject({ kind: 'keychain', name: 'Secret Service (GNOME Keyring)' });
    await one.close();
    const other = await open();
    await other.ready();
    expect(other.redactor.text(value)).toBe('‹secret KEY›');
    expect((await other.release('KEY', to)).value).toBe(value);
    expect(existsSync(join(folder, 'vault', 'sealed.json'))).toBe(false);
    expect(readFileSync(join(folder, 'vault', 'vault.db')).includes(value)).toBe(false);
    await other.close();
    // The service goes: then there is no keychain, and nothing else takes its place.
    await session.stop();
    const last = await open();
    await last.ready();
    expect(await last.state()).toMatchObject({ guard: { kind: 'keychain' }, keychain: { isThere: false } });
    await expect(last.add({ name: 'B', value: 'another value', bindings })).rejects.toMatchObject({ code: 'REFUSED' });
    await expect(last.release('KEY', to)).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'Secret Service does not answer.',
    });
    expect(existsSync(join(folder, 'vault', 'sealed.json'))).toBe(false);
    await last.close();
  }, 60_000);
});
