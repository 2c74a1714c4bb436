// The vault with a keychain: what goes in, what comes out to whom, and what never does.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  openai,
  otherValue as second,
  passphrase,
  secretValue as value,
  testVault,
  toOpenai as to,
  vaultWithKey,
} from '#test/vault';

describe('the choice of a guard', () => {
  it('is never made silently', async () => {
    const { vault, keychain } = await testVault();
    expect((await vault.state()).guard).toBeUndefined();
    await expect(vault.add({ name: 'A', value, bindings: [openai] })).rejects.toMatchObject({
      code: 'REFUSED',
      hint: expect.stringContaining('passphrase') as string,
    });
    expect([...keychain.held.values()]).toEqual([]);
    await vault.chooseKeychain(false);
    expect((await vault.state()).guard).toEqual({ kind: 'keychain', name: 'Test keychain', detail: 'In memory.' });
  });

  it('says why there is no keychain, and takes none that is not there', async () => {
    const { vault, keychain } = await testVault();
    keychain.gone = 'There is no session bus.';
    expect((await vault.state()).keychain).toEqual({
      isThere: false,
      name: 'Test keychain',
      why: 'There is no session bus.',
    });
    await expect(vault.chooseKeychain(false)).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'Test keychain does not work here: There is no session bus.',
    });
    expect((await vault.state()).guard).toBeUndefined();
  });

  it('does not fall back when the keychain goes away', async () => {
    const { vault, keychain, store } = await vaultWithKey();
    keychain.gone = 'It was stopped.';
    await expect(vault.add({ name: 'B', value: second, bindings: [openai] })).rejects.toMatchObject({
      code: 'REFUSED',
    });
    expect(store.list().map(({ name }) => name)).toEqual(['OPENAI_API_KEY']);
    expect((await vault.state()).guard).toMatchObject({ kind: 'keychain' });
  });

  it('asks a keychain that works only once whether it does', async () => {
    const { vault, keychain, clock } = await vaultWithKey();
    const before = keychain.probes;
    for (let round = 0; round < 5; round += 1) {
      clock.at += 60_000;
      await vault.state();
    }
    expect(keychain.probes).toBe(before);
  });

  it('moves nothing unasked, and everything where it is asked', async () => {
    const { vault, keychain, store } = await vaultWithKey();
    await vault.rotate('OPENAI_API_KEY', second);
    await expect(vault.choosePassphrase(passphrase, 0, false)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(store.guard()).toEqual({ kind: 'keychain' });
    await vault.choosePassphrase(passphrase, 0, true);
    expect(keychain.held.size).toBe(0);
    const released = await vault.release('OPENAI_API_KEY', to);
    expect([released.value, (await released.other?.())?.value]).toEqual([value, second]);
    await vault.chooseKeychain(true);
    expect([...keychain.held.values()].toSorted()).toEqual([value, second].toSorted());
    expect((await vault.release('OPENAI_API_KEY', to)).value).toBe(second);
    // Back again: what was sealed before is gone.
    await vault.choosePassphrase(passphrase, 0, true);
    expect((await vault.release('OPENAI_API_KEY', to)).value).toBe(second);
  });

  it('leaves everything where it was when moving fails', async () => {
    const { vault, keychain } = await testVault({ guard: 'passphrase' });
    await vault.add({ name: 'A', value, bindings: [openai] });
    await vault.add({ name: 'B', value: second, bindings: [openai] });
    const set = keychain.set.bind(keychain);
    // The probe, and the first of the two.
    let left = 1;
    keychain.set = (account, given) => {
      left -= 1;
      if (left < 0) keychain.gone = 'It was stopped.';
      return set(account, given);
    };
    await expect(vault.chooseKeychain(true)).rejects.toMatchObject({ code: 'REFUSED' });
    expect((await vault.state()).guard).toMatchObject({ kind: 'passphrase' });
    expect((await vault.release('A', to)).value).toBe(value);
    expect((await vault.release('B', to)).value).toBe(second);
  });
});

describe('a secret', () => {
  it('is told by everything but its value', async () => {
    const { vault, clock } = await vaultWithKey();
    await vault.edit('OPENAI_API_KEY', { expiresAt: 5, note: 'of the team' });
    expect((await vault.state()).secrets).toEqual([
      {
        name: 'OPENAI_API_KEY',
        bindings: [openai],
        createdAt: clock.at,
        setAt: clock.at,
        uses: 0,
        expiresAt: 5,
        note: 'of the team',
      },
    ]);
    await vault.edit('OPENAI_API_KEY', { expiresAt: null, note: '' });
    expect((await vault.state()).secrets[0]).not.toHaveProperty('expiresAt');
    expect((await vault.state()).secrets[0]).not.toHaveProperty('note');
  });

  it('shows its value nowhere in the vault or what it says', async () => {
    const { vault, store, keychain } = await vaultWithKey();
    await vault.rotate('OPENAI_API_KEY', second);
    await vault.release('OPENAI_API_KEY', to);
    const problems = await Promise.all([
      vault.add({ name: 'OPENAI_API_KEY', value: second, bindings: [openai] }).catch((error: unknown) => error),
      vault.add({ name: value, value: second, bindings: [openai] }).catch((error: unknown) => error),
      vault.add({ name: 'sk-proj-a1b2c3d4e5f6g7h8i9j0k1', value, bindings: [openai] }).catch((error: unknown) => error),
      vault.add({ name: 'X', value: `${value}\n${value}`, bindings: [openai] }).catch((error: unknown) => error),
      vault.add({ name: 'X', value: `${value}\u0007`, bindings: [openai] }).catch((error: unknown) => error),
      vault.rotate('OPENAI_API_KEY', value).catch((error: unknown) => error),
      vault.release(value, to).catch((error: unknown) => error),
      vault.release('OPENAI_API_KEY', { ...to, origin: `https://${value}.example` }).catch((error: unknown) => error),
    ]);
    expect(problems.every((problem) => problem instanceof Error)).toBe(true);
    const said = [
      inspect(vault, { depth: 20, showHidden: true }),
      inspect(problems.slice(0, 7), { depth: 20, showHidden: true }),
      JSON.stringify(vault),
      JSON.stringify(problems.slice(0, 7)),
      JSON.stringify(await vault.state()),
      JSON.stringify(vault.releases(undefined, 100).map(({ secret, purpose, outcome }) => [secret, purpose, outcome])),
      JSON.stringify(store.list()),
      inspect(vault.redactor, { depth: 20, showHidden: true }),
    ].join('\n');
    expect(keychain.held.size).toBe(2);
    for (const hidden of [value, second]) {
      expect(said).not.toContain(hidden);
      expect(said).not.toContain(Buffer.from(hidden).toString('base64'));
      expect(said).not.toContain(Buffer.from(hidden).toString('hex'));
    }
  });

  it.each([
    ['', 'empty'],
    ['   \n', 'empty'],
    ['abc', 'less than'],
    ['one\ntwo lines', '2 lines'],
    ['with\u0000zero', 'U+0000'],
    ['with\u200Bnothing', 'U+200B'],
    ['\uD800lone', 'no text'],
    ['x'.repeat(65_537), 'more than'],
  ])('cannot have the value %j', async (given, why) => {
    const { vault } = await testVault({ guard: 'keychain' });
    await expect(vault.add({ name: 'A', value: given, bindings: [openai] })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(why) as string,
    });
  });

  it('may have the name of what every object has', async () => {
    const { vault } = await testVault({ guard: 'keychain' });
    for (const name of ['constructor', 'toString']) {
      await vault.add({ name, value, bindings: [openai] });
      expect((await vault.release(name, to)).value).toBe(value);
    }
    await expect(vault.add({ name: '__proto__', value, bindings: [openai] })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    await expect(vault.release('valueOf', to)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('has a name of its own, capitals aside, which gives nothing away', async () => {
    const { vault } = await vaultWithKey();
    const add = (name: string, given = second): Promise<void> => vault.add({ name, value: given, bindings: [openai] });
    await expect(add('OPENAI_API_KEY')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(add('openai_api_key')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(add('ОPENAI')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(add('a b')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(add('../x')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(add('mypassword123', 'mypassword123!')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(add('A', 'a_-_value')).resolves.toBeUndefined();
    await expect(vault.release('openai_api_key', to)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: `Add it to the vault: atelier secret add openai_api_key --bind provider:${to.provider}=${to.origin}`,
    });
    await expect(vault.remove('openai_api_key')).rejects.toMatchObject({ hint: 'Is OPENAI_API_KEY meant?' });
  });

  it('is gone from its guard when it is removed, and masked still', async () => {
    const { vault, keychain } = await vaultWithKey();
    await vault.rotate('OPENAI_API_KEY', second);
    await vault.remove('OPENAI_API_KEY');
    expect(keychain.held.size).toBe(0);
    await expect(vault.release('OPENAI_API_KEY', to)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(vault.redactor.text(`${value} ${second}`)).toBe('‹secret OPENAI_API_KEY› ‹secret OPENAI_API_KEY›');
  });

  it('is said to have no value where its guard lost it, and can be put in again', async () => {
    const { keychain, folder } = await vaultWithKey();
    keychain.held.clear();
    const other = await testVault({ folder, keychain });
    await other.vault.ready();
    expect((await other.vault.state()).secrets[0]?.isMissing).toBe(true);
    expect(other.vault.standing('OPENAI_API_KEY', openai)).toBe('missing');
    await expect(other.vault.release('OPENAI_API_KEY', to)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await other.vault.replace('OPENAI_API_KEY', second);
    expect((await other.vault.release('OPENAI_API_KEY', to)).value).toBe(second);
    expect((await other.vault.state()).secrets[0]?.isMissing).toBeUndefined();
  });
});

describe('a release', () => {
  it('is written down before the value is there, and so is a refusal', async () => {
    const { vault, clock } = await vaultWithKey();
    clock.at += 10;
    expect((await vault.release('OPENAI_API_KEY', to)).value).toBe(value);
    clock.at += 10;
    await expect(vault.release('OPENAI_API_KEY', { ...to, origin: 'https://evil.example' })).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'The secret OPENAI_API_KEY is not released to provider openai at https://evil.example.',
      hint: expect.stringContaining('provider openai at https://api.openai.com') as string,
    });
    await expect(
      vault.release('NONE', { origin: 'https://a.example', tool: 'fetch', purpose: 'p' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(vault.releases(undefined, 10)).toEqual([
      { at: clock.at, secret: 'NONE', binding: { kind: 'tool', name: 'fetch' }, purpose: 'p', outcome: 'refused' },
      {
        at: clock.at,
        secret: 'OPENAI_API_KEY',
        binding: { kind: 'provider', name: 'openai', origin: 'https://evil.example' },
        purpose: to.purpose,
        outcome: 'refused',
      },
      { at: clock.at - 10, secret: 'OPENAI_API_KEY', binding: openai, purpose: to.purpose, outcome: 'released' },
    ]);
    expect(vault.releases('OPENAI_API_KEY', 1)).toHaveLength(1);
    expect((await vault.state()).secrets[0]).toMatchObject({ uses: 1, lastUsedAt: clock.at - 10 });
  });

  it('does not happen where the audit cannot be written', async () => {
    const { vault, store } = await vaultWithKey();
    store.audit = () => {
      throw new Error('the disk is full');
    };
    await expect(vault.release('OPENAI_API_KEY', to)).rejects.toThrow('the disk is full');
    expect(store.get('OPENAI_API_KEY')?.uses).toBe(0);
  });

  it('does not happen where the binding went while the guard was asked', async () => {
    const { vault, keychain, clock } = await vaultWithKey();
    await vault.ready();
    clock.at += 61_000;
    const get = keychain.get.bind(keychain);
    keychain.get = async (account) => {
      await vault.edit('OPENAI_API_KEY', { bindings: [{ kind: 'host', origin: 'https://else.example' }] });
      return get(account);
    };
    const releasing = vault.release('OPENAI_API_KEY', to);
    await expect(releasing).rejects.toMatchObject({ code: 'REFUSED' });
    expect(vault.releases(undefined, 10).map(({ outcome }) => outcome)).toEqual(['refused']);
  });

  it('masks its value from then on, in the purpose of the next too', async () => {
    const { vault } = await vaultWithKey();
    await vault.release('OPENAI_API_KEY', { ...to, purpose: `with ${value}` });
    expect(vault.releases(undefined, 1)[0]?.purpose).toBe('with ‹secret OPENAI_API_KEY›');
  });

  it('does not ask the keychain again at once, and forgets within a minute', async () => {
    const { vault, keychain, clock } = await vaultWithKey();
    await vault.ready();
    await vault.release('OPENAI_API_KEY', to);
    const reads = keychain.reads;
    await vault.release('OPENAI_API_KEY', to);
    expect(keychain.reads).toBe(reads);
    clock.at += 61_000;
    await vault.release('OPENAI_API_KEY', to);
    expect(keychain.reads).toBe(reads + 1);
  });

  it('is foretold by what stands', async () => {
    const { vault } = await vaultWithKey();
    expect(vault.standing('OPENAI_API_KEY', openai)).toBe('ready');
    expect(vault.standing('OPENAI_API_KEY', { ...openai, origin: 'https://evil.example' })).toBe('unbound');
    expect(vault.standing('NONE', openai)).toBe('missing');
  });
});

describe('a rotation', () => {
  it('hands out the old value first, the new one once the old is refused, and from then on', async () => {
    const { vault, keychain } = await vaultWithKey();
    await vault.rotate('OPENAI_API_KEY', second);
    expect((await vault.state()).secrets[0]?.rotation).toBeDefined();
    const first = await vault.release('OPENAI_API_KEY', to);
    expect(first.value).toBe(value);
    const other = await first.other?.();
    expect(other?.value).toBe(second);
    expect(other?.other).toBeUndefined();
    expect((await vault.release('OPENAI_API_KEY', to)).value).toBe(second);
    expect((await (await vault.release('OPENAI_API_KEY', to)).other?.())?.value).toBe(value);
    expect(vault.releases(undefined, 10).filter(({ outcome }) => outcome === 'released')).toHaveLength(5);
    await expect(vault.rotate('OPENAI_API_KEY', 'a third value')).rejects.toMatchObject({ code: 'CONFLICT' });
    await vault.finishRotation('OPENAI_API_KEY', 'next');
    const last = await vault.release('OPENAI_API_KEY', to);
    expect([last.value, last.other]).toEqual([second, undefined]);
    expect([...keychain.held.values()]).toEqual([second]);
    await expect(vault.finishRotation('OPENAI_API_KEY', 'next')).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('can be taken back', async () => {
    const { vault, keychain } = await vaultWithKey();
    await vault.rotate('OPENAI_API_KEY', second);
    const first = await vault.release('OPENAI_API_KEY', to);
    await vault.finishRotation('OPENAI_API_KEY', 'old');
    expect((await vault.release('OPENAI_API_KEY', to)).value).toBe(value);
    expect([...keychain.held.values()]).toEqual([value]);
    expect(await first.other?.()).toBeUndefined();
  });

  it('ends where the value is replaced', async () => {
    const { vault, keychain } = await vaultWithKey();
    await vault.rotate('OPENAI_API_KEY', second);
    await vault.replace('OPENAI_API_KEY', 'a third value');
    expect([...keychain.held.values()]).toEqual(['a third value']);
    expect((await vault.state()).secrets[0]?.rotation).toBeUndefined();
  });
});
