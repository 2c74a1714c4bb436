// The vault as several processes share it, and variables that are taken in.
import { describe, expect, it } from 'vitest';
import { MemoryKeychain } from '#test/memory-keychain';
import {
  openai,
  otherValue as second,
  secretValue as value,
  testVault,
  toOpenai as to,
  vaultWithKey,
} from '#test/vault';

describe('another process', () => {
  it('sees what this one did, and its values are masked here', async () => {
    const keychain = new MemoryKeychain();
    const one = await testVault({ keychain, guard: 'keychain' });
    const other = await testVault({ keychain, folder: one.folder });
    await one.vault.add({ name: 'A', value, bindings: [openai] });
    expect((await other.vault.state()).secrets.map(({ name }) => name)).toEqual(['A']);
    expect((await other.vault.release('A', to)).value).toBe(value);
    await one.vault.replace('A', second);
    expect((await other.vault.release('A', to)).value).toBe(second);
    await expect(other.vault.add({ name: 'A', value, bindings: [openai] })).rejects.toMatchObject({ code: 'CONFLICT' });
    const before = one.changes.count;
    await other.vault.add({ name: 'B', value: 'what-the-other-one-put-in', bindings: [openai] });
    await expect.poll(() => one.changes.count, { timeout: 10_000 }).toBeGreaterThan(before);
    await one.vault.ready();
    expect(one.vault.redactor.text('what-the-other-one-put-in')).toBe('‹secret B›');
  });

  it('that adds at the same moment loses nothing', async () => {
    const keychain = new MemoryKeychain();
    const one = await testVault({ keychain, guard: 'keychain' });
    const other = await testVault({ keychain, folder: one.folder });
    const names = Array.from({ length: 20 }, (_, at) => `K${at}`);
    await Promise.all(
      names.map((name, at) =>
        (at % 2 === 0 ? one : other).vault.add({ name, value: `${value}${at}`, bindings: [openai] }),
      ),
    );
    const twice = await Promise.allSettled(
      [one, other].map(({ vault }) => vault.add({ name: 'SAME', value, bindings: [openai] })),
    );
    expect(twice.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(keychain.held.size).toBe(21);
    expect((await one.vault.state()).secrets).toHaveLength(21);
  });
});

describe('variables', () => {
  it('cross by name, and are taken in all or none', async () => {
    const { vault } = await vaultWithKey();
    const variables = new Map([
      ['OPENAI_API_KEY', 'x'.repeat(20)],
      ['ANTHROPIC_API_KEY', second],
      ['PLAIN', 'hello'],
      ['BROKEN', 'two\nlines of a key'],
      ['EMPTY', ''],
    ]);
    const found = vault.findIn(variables);
    expect(found.map(({ name }) => name)).toEqual(['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'PLAIN', 'BROKEN']);
    expect(found[0]).toEqual({ name: 'OPENAI_API_KEY', isKnown: true, looksSecret: true, suggested: [openai] });
    expect(found[2]).toEqual({ name: 'PLAIN', isKnown: false, looksSecret: false, suggested: [] });
    expect(JSON.stringify(found)).not.toContain(second);
    const bindings = [openai];
    await expect(
      vault.takeIn(variables, [
        { name: 'ANTHROPIC_API_KEY', bindings },
        { name: 'BROKEN', bindings },
      ]),
    ).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('BROKEN has 2 lines') as string });
    await expect(vault.takeIn(variables, [{ name: 'GONE', bindings }])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await vault.state()).secrets).toHaveLength(1);
    await vault.takeIn(variables, [{ name: 'ANTHROPIC_API_KEY', bindings }]);
    expect((await vault.release('ANTHROPIC_API_KEY', to)).value).toBe(second);
  });
});
