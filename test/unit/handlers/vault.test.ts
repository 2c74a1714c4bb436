// The vault over a real MessagePort: what crosses has no value in it, and only files that were chosen are read.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { RPCHandler } from '@orpc/server/message-port';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { contract } from '#contract/contract';
import type { Context } from '#handlers/context';
import { vaultHandlers } from '#handlers/vault';
import { temporaryFolder } from '#test/store';
import { openai, otherValue as second, passphrase, secretValue as value, testVault, type TestVault } from '#test/vault';

interface Connected extends TestVault {
  readonly client: ContractRouterClient<typeof contract>['vault'];
  readonly granted: Set<string>;
  /** All that crossed to the page. */
  readonly crossed: unknown[];
}

async function connected(made: TestVault): Promise<Connected> {
  const granted = new Set<string>();
  const crossed: unknown[] = [];
  const never = (): never => {
    throw new Error('not in this test');
  };
  const desk = {
    pickFiles: () => Promise.resolve([...granted]),
    pickFolder: never,
    pickSaveFile: never,
    isGranted: (path: string) => granted.has(path),
    reveal: never,
  };
  const studio = { vault: made.vault } as unknown as ReturnType<Context['studio']>;
  const workspaces = {} as unknown as Context['workspaces'];
  const { port1, port2 } = new MessageChannel();
  new RPCHandler({ vault: vaultHandlers }).upgrade(listening(port2, crossed), {
    context: { studio: () => studio, desk, workspaces },
  });
  const client: ContractRouterClient<typeof contract> = createORPCClient(new RPCLink({ port: port1 }));
  port1.start();
  port2.start();
  onTestFinished(() => port1.close());
  return { ...made, client: client.vault, granted, crossed };
}

function listening(port: MessagePort, crossed: unknown[]): MessagePort {
  const post = port.postMessage.bind(port);
  port.postMessage = (message, transfer) => {
    crossed.push(message);
    post(message, transfer);
  };
  return port;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the vault over the contract', () => {
  it('goes all its ways', async () => {
    const { client, keychain } = await connected(await testVault());
    keychain.gone = 'It is not here.';
    expect(await client.state()).toEqual({
      keychain: { isThere: false, name: 'Test keychain', why: 'It is not here.' },
      secrets: [],
    });
    await expect(client.chooseKeychain()).rejects.toMatchObject({ code: 'REFUSED' });
    const chosen = await client.choosePassphrase({ passphrase, autoLockMinutes: 5 });
    expect(chosen.guard).toMatchObject({ kind: 'passphrase', isLocked: false, autoLockMinutes: 5 });
    await client.add({ name: 'KEY', value, bindings: [openai], note: 'n' });
    await client.replace({ name: 'KEY', value: second });
    expect((await client.rotate({ name: 'KEY', value })).secrets[0]?.rotation).toBeDefined();
    await client.finishRotation({ name: 'KEY', keep: 'old' });
    await client.edit({ name: 'KEY', expiresAt: 7 });
    expect((await client.edit({ name: 'KEY', expiresAt: null })).secrets[0]).not.toHaveProperty('expiresAt');
    expect((await client.setAutoLock({ autoLockMinutes: 0 })).guard).toMatchObject({ autoLockMinutes: 0 });
    await client.changePassphrase({ passphrase, next: 'another long one' });
    expect((await client.lock()).guard).toMatchObject({ isLocked: true });
    await expect(client.remove({ name: 'KEY' })).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'The vault is locked.',
    });
    await client.unlock({ passphrase: 'another long one' });
    expect(await client.releases({ limit: 10 })).toEqual([]);
    keychain.gone = undefined;
    await expect(client.chooseKeychain({})).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await client.remove({ name: 'KEY' })).secrets).toEqual([]);
  });

  it('has no value in anything that crosses to the page, refused or not', async () => {
    const { client, crossed, vault, granted } = await connected(await testVault({ guard: 'keychain' }));
    const file = join(temporaryFolder(), '.env');
    writeFileSync(file, `OPENAI_API_KEY=${second}\nBAD="${value}\nx"\n`);
    granted.add(file);
    vi.stubEnv('PLANTED_API_KEY', second);
    const problems: unknown[] = [];
    const tried = async (work: Promise<unknown>): Promise<void> => {
      await work.catch((error: unknown) => problems.push(error));
    };
    await tried(client.add({ name: 'KEY', value, bindings: [openai] }));
    await tried(client.add({ name: 'KEY', value, bindings: [openai] }));
    await tried(client.add({ name: value, value: second, bindings: [openai] }));
    await tried(client.add({ name: 'B', value: `${value}\n${second}`, bindings: [openai] }));
    await tried(client.add({ name: 'B', value: value.repeat(5000), bindings: [openai] }));
    await tried(client.add({ name: `${value} ${second}`, value, bindings: [openai] }));
    await tried(client.rotate({ name: 'KEY', value }));
    await tried(client.rotate({ name: 'KEY', value: second }));
    await tried(client.findInFile({ path: file }));
    await tried(client.findInEnvironment());
    await tried(client.importVariables({ path: file, variables: [{ name: 'BAD', bindings: [openai] }] }));
    await tried(client.importVariables({ path: file, variables: [{ name: 'OPENAI_API_KEY', bindings: [openai] }] }));
    await tried(client.unlock({ passphrase: value }));
    await vault.release('KEY', { provider: 'openai', origin: openai.origin, purpose: `p ${value}` });
    await tried(client.releases({ limit: 100 }));
    await tried(client.state());
    expect(problems.length).toBeGreaterThanOrEqual(6);
    const said = inspect([crossed, problems], { depth: 30, maxStringLength: Infinity, maxArrayLength: Infinity });
    expect(said).toContain('OPENAI_API_KEY');
    for (const hidden of [value, second]) expect(said).not.toContain(hidden);
  });

  it('reads only files that were picked or dropped', async () => {
    const { client, granted } = await connected(await testVault({ guard: 'keychain' }));
    const file = join(temporaryFolder(), '.env');
    writeFileSync(file, 'OPENAI_API_KEY=some-value-of-a-key\nPLAIN=1\n');
    await expect(client.findInFile({ path: file })).rejects.toMatchObject({ code: 'REFUSED' });
    await expect(
      client.importVariables({ path: file, variables: [{ name: 'OPENAI_API_KEY', bindings: [openai] }] }),
    ).rejects.toMatchObject({ code: 'REFUSED' });
    expect(await client.findInFile({})).toBeUndefined();
    granted.add(file);
    expect(await client.findInFile({})).toEqual({
      path: file,
      variables: [
        { name: 'OPENAI_API_KEY', isKnown: false, looksSecret: true, suggested: [openai] },
        { name: 'PLAIN', isKnown: false, looksSecret: false, suggested: [] },
      ],
    });
    const state = await client.importVariables({
      path: file,
      variables: [{ name: 'OPENAI_API_KEY', bindings: [openai] }],
    });
    expect(state.secrets.map(({ name }) => name)).toEqual(['OPENAI_API_KEY']);
  });
});
