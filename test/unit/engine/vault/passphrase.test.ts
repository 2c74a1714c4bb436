// A passphrase as guard: locking, wrong tries, change, and whoever tampers with the file.
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openai, otherValue as second, passphrase, secretValue as value, type TestVault, testVault } from '#test/vault';

const to = { provider: 'openai', origin: 'https://api.openai.com', purpose: 'test' };
const wrong = 'not the passphrase';

const sealedOf = ({ folder }: { readonly folder: string }): string => join(folder, 'sealed.json');

async function sealed(autoLockMinutes = 0): Promise<TestVault> {
  const made = await testVault({ guard: 'passphrase', autoLockMinutes });
  await made.vault.add({ name: 'KEY', value, bindings: [openai] });
  return made;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a passphrase', () => {
  it('opens what it sealed, in another process too, and nothing else does', async () => {
    const made = await sealed();
    const other = await testVault({ folder: made.folder });
    expect((await other.vault.state()).guard).toMatchObject({ kind: 'passphrase', isLocked: true });
    expect(other.vault.standing('KEY', openai)).toBe('locked');
    await expect(other.vault.release('KEY', to)).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'The vault is locked.',
    });
    expect(other.vault.releases('KEY', 1)[0]?.outcome).toBe('refused');
    await expect(other.vault.unlock(wrong)).rejects.toMatchObject({ code: 'REFUSED' });
    await other.vault.unlock(passphrase);
    expect((await other.vault.release('KEY', to)).value).toBe(value);
  });

  it('is the same however its letters are composed', async () => {
    const made = await testVault();
    await made.vault.choosePassphrase('fünf Bäume am Fluß', 0, false);
    const other = await testVault({ folder: made.folder });
    await other.vault.unlock('fünf Bäume am Fluß'.normalize('NFD'));
    expect((await other.vault.state()).guard).toMatchObject({ isLocked: false });
  });

  it('seals in a file and a folder for the owner alone, with nothing readable in it', async () => {
    const made = await sealed();
    for (const file of readdirSync(made.folder)) {
      expect([file, statSync(join(made.folder, file)).mode & 0o077]).toEqual([file, 0]);
      const bytes = readFileSync(join(made.folder, file));
      for (const hidden of [
        value,
        passphrase,
        Buffer.from(value).toString('base64'),
        Buffer.from(value).toString('hex'),
      ])
        expect([file, bytes.includes(hidden)]).toEqual([file, false]);
    }
    expect(statSync(made.folder).mode & 0o777).toBe(0o700);
    const file = z
      .object({ header: z.object({ cost: z.number() }) })
      .parse(JSON.parse(readFileSync(sealedOf(made), 'utf8')));
    expect(file.header.cost).toBe(2 ** 10);
  });

  it('gives folder and files back to the owner alone where somebody opened them up', async () => {
    const made = await sealed();
    await made.vault.close();
    chmodSync(made.folder, 0o755);
    chmodSync(join(made.folder, 'vault.db'), 0o644);
    await testVault({ folder: made.folder });
    expect(statSync(made.folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(made.folder, 'vault.db')).mode & 0o777).toBe(0o600);
  });

  it('gives nothing while it is locked, and what was known is masked still', async () => {
    const { vault } = await sealed();
    vault.lock();
    for (const asked of [
      vault.release('KEY', to),
      vault.add({ name: 'B', value: second, bindings: [openai] }),
      vault.replace('KEY', second),
      vault.rotate('KEY', second),
      vault.remove('KEY'),
      vault.chooseKeychain(true),
    ])
      await expect(asked).rejects.toMatchObject({ message: 'The vault is locked.' });
    expect((await vault.state()).secrets.map(({ name, isMissing }) => [name, isMissing])).toEqual([['KEY', undefined]]);
    expect(vault.redactor.text(`x ${value}`)).toBe('x ‹secret KEY›');
    await vault.unlock(passphrase);
    expect((await vault.release('KEY', to)).value).toBe(value);
  });

  it('locks itself after the minutes without use, by its timer and by the clock', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { vault, clock, changes } = await sealed(10);
    const pass = (ms: number): void => {
      clock.at += ms;
      vi.advanceTimersByTime(ms);
    };
    pass(9 * 60_000);
    expect(vault.standing('KEY', openai)).toBe('ready');
    await vault.release('KEY', to);
    pass(9 * 60_000);
    expect(vault.standing('KEY', openai)).toBe('ready');
    const before = changes.count;
    pass(61_000);
    expect(changes.count).toBeGreaterThan(before);
    expect(vault.standing('KEY', openai)).toBe('locked');
    await vault.unlock(passphrase);
    // The machine slept: no timer went off.
    clock.at += 11 * 60_000;
    await expect(vault.release('KEY', to)).rejects.toMatchObject({ message: 'The vault is locked.' });
    await vault.unlock(passphrase);
    await vault.setAutoLock(0);
    pass(1_000_000_000);
    expect(vault.standing('KEY', openai)).toBe('ready');
  });

  it('is changed only by who knows it, and then the old one opens nothing', async () => {
    const made = await sealed();
    const { vault } = made;
    await vault.rotate('KEY', second);
    await expect(vault.changePassphrase(wrong, 'another long one')).rejects.toMatchObject({ code: 'REFUSED' });
    const before = readFileSync(sealedOf(made), 'utf8');
    await vault.changePassphrase(passphrase, 'another long one');
    expect(readFileSync(sealedOf(made), 'utf8')).not.toBe(before);
    const released = await vault.release('KEY', to);
    expect([released.value, (await released.other?.())?.value]).toEqual([value, second]);
    const other = await testVault({ folder: made.folder });
    await expect(other.vault.unlock(passphrase)).rejects.toMatchObject({ code: 'REFUSED' });
    await other.vault.unlock('another long one');
  });

  it('that another process changed locks this one', async () => {
    const made = await sealed();
    const other = await testVault({ folder: made.folder });
    await other.vault.changePassphrase(passphrase, 'another long one');
    await expect(made.vault.release('KEY', to)).rejects.toMatchObject({
      message: 'The passphrase of the vault was changed by another process.',
    });
    await expect(made.vault.add({ name: 'B', value: second, bindings: [openai] })).rejects.toMatchObject({
      code: 'REFUSED',
    });
    await made.vault.unlock('another long one');
    expect((await made.vault.release('KEY', to)).value).toBe(value);
  });

  it('is known after a crash in the middle of its change, whichever file is there', async () => {
    const made = await sealed();
    const { vault, store, folder } = made;
    copyFileSync(sealedOf(made), `${sealedOf(made)}.before`);
    const before = store.guard();
    await vault.changePassphrase(passphrase, 'another long one');
    const after = store.guard();
    if (before?.kind !== 'passphrase' || after?.kind !== 'passphrase') throw new Error('no passphrase');
    // As the store is between the two steps.
    store.setGuard({ ...before, nextSeal: after.seal });
    const ended = await testVault({ folder });
    await ended.vault.unlock('another long one');
    expect(store.guard()).toEqual(after);
    store.setGuard({ ...before, nextSeal: after.seal });
    copyFileSync(`${sealedOf(made)}.before`, sealedOf(made));
    const begun = await testVault({ folder });
    await begun.vault.unlock(passphrase);
    expect((await begun.vault.release('KEY', to)).value).toBe(value);
  });
});

describe('wrong passphrases', () => {
  it('make the next one wait longer each time, also after a restart', async () => {
    const made = await sealed();
    const said: string[] = [];
    for (let round = 0; round < 7; round += 1) {
      const next = await testVault({ folder: made.folder });
      next.clock.at = made.clock.at;
      const attempt = async (given: string): Promise<string> =>
        next.vault.unlock(given).then(
          () => 'open',
          (error: unknown) => (error instanceof Error ? error.message : ''),
        );
      said.push(await attempt(wrong));
      const { guard } = await next.vault.state();
      const until = guard?.kind === 'passphrase' ? guard.waitUntil : undefined;
      if (until === undefined) continue;
      said.push(await attempt(passphrase));
      made.clock.at = until;
    }
    const refused = 'That is not the passphrase of the vault.';
    const wait = (seconds: number): string => `After wrong passphrases, none is taken for another ${seconds} s.`;
    expect(said).toEqual([refused, refused, ...[2, 4, 8, 16, 32].flatMap((seconds) => [refused, wait(seconds)])]);
    const last = await testVault({ folder: made.folder });
    last.clock.at = made.clock.at;
    await last.vault.unlock(passphrase);
    expect(last.store.tries()).toEqual({ wrong: 0, waitUntil: 0 });
  });

  it('are counted one by one when they come together', async () => {
    const made = await sealed();
    const processes = await Promise.all(Array.from({ length: 6 }, () => testVault({ folder: made.folder })));
    const said = await Promise.all(
      processes.map(({ vault }) =>
        vault.unlock(wrong).catch((error: unknown) => (error instanceof Error ? error.message : '')),
      ),
    );
    expect(said.filter((sentence) => sentence?.startsWith('That is not'))).toHaveLength(3);
    expect(said.filter((sentence) => sentence?.startsWith('After wrong'))).toHaveLength(3);
  });

  it('do not lock anybody out for ever when the clock is set back', async () => {
    const made = await sealed();
    made.store.setTries({ wrong: 5, waitUntil: made.clock.at + 10 ** 12 });
    made.clock.at += 1;
    await expect(made.vault.unlock(passphrase)).rejects.toMatchObject({
      message: expect.stringContaining('15 min') as string,
    });
  });

  it('cost what they should where nothing else is said', async () => {
    const { usualCost } = await import('#engine/vault/sealing');
    expect(usualCost).toBe(2 ** 17);
  });
});

describe('a file that was tampered with', () => {
  it('is refused with any one byte changed, and left as it is', async () => {
    const made = await sealed();
    const { vault, store } = made;
    const path = sealedOf(made);
    const good = readFileSync(path);
    const taken: number[] = [];
    for (let at = 0; at < good.length; at += 1) {
      const bad = Buffer.from(good);
      // Each bit in turn, so that letters become other letters, signs and control characters.
      bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, bad);
      const answer = await vault.release('KEY', to).then(
        () => 'released',
        (error: unknown) => (error instanceof Error ? error.message : 'no error'),
      );
      if (!answer.includes('was damaged or changed')) taken.push(at);
      if (!readFileSync(path).equals(bad)) taken.push(at);
      if ((await vault.state()).guard?.kind !== 'passphrase') taken.push(at);
      // Whatever made it lock itself, the next byte is tried on an open vault.
      writeFileSync(path, good);
      store.setTries({ wrong: 0, waitUntil: 0 });
      if (vault.standing('KEY', openai) === 'locked') await vault.unlock(passphrase);
    }
    expect(taken).toEqual([]);
    expect((await vault.release('KEY', to)).value).toBe(value);
  }, 120_000);

  it('is refused at unlocking and writing too, cut at any place', async () => {
    const made = await sealed();
    const path = sealedOf(made);
    const good = readFileSync(path);
    for (let length = 0; length < good.length; length += 37) {
      writeFileSync(path, good.subarray(0, length));
      await expect(made.vault.add({ name: 'B', value: second, bindings: [openai] })).rejects.toMatchObject({
        code: 'REFUSED',
      });
      const other = await testVault({ folder: made.folder });
      await expect(other.vault.unlock(passphrase)).rejects.toMatchObject({
        code: 'REFUSED',
        hint: expect.stringContaining('Nothing was overwritten') as string,
      });
      expect((await other.vault.state()).guard).toMatchObject({ detail: expect.stringContaining('damaged') as string });
      expect(readFileSync(path)).toEqual(good.subarray(0, length));
      await other.vault.close();
    }
    writeFileSync(path, good);
    expect((await made.vault.release('KEY', to)).value).toBe(value);
  });

  it('is refused where entries were taken out, swapped or brought back', async () => {
    const made = await sealed();
    await made.vault.add({ name: 'OTHER', value: second, bindings: [openai] });
    const path = sealedOf(made);
    const fileSchema = z.looseObject({ entries: z.record(z.string(), z.unknown()) });
    const good = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    const [[one, first] = ['', {}], [other, last] = ['', {}]] = Object.entries(good.entries);
    for (const entries of [{}, { [one]: first }, { [one]: last, [other]: first }, { ...good.entries, extra: first }]) {
      writeFileSync(path, JSON.stringify({ ...good, entries }));
      await expect(made.vault.release('KEY', to)).rejects.toMatchObject({ code: 'REFUSED' });
    }
  });

  it('that is an older one gives no older value', async () => {
    const made = await sealed();
    const path = sealedOf(made);
    const old = readFileSync(path);
    await made.vault.replace('KEY', second);
    writeFileSync(path, old);
    await expect(made.vault.release('KEY', to)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await made.vault.state()).secrets[0]?.isMissing).toBe(true);
  });

  it('that is of the passphrase before is not opened by it any more', async () => {
    const made = await sealed();
    const path = sealedOf(made);
    const old = readFileSync(path);
    await made.vault.changePassphrase(passphrase, 'another long one');
    writeFileSync(path, old);
    const other = await testVault({ folder: made.folder });
    for (const tried of [passphrase, 'another long one'])
      await expect(other.vault.unlock(tried)).rejects.toMatchObject({
        message: expect.stringContaining('older one') as string,
      });
    expect(readFileSync(path)).toEqual(old);
  });

  it('whose cost was lowered is not opened at that cost', async () => {
    const made = await sealed();
    const path = sealedOf(made);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"cost":1024', '"cost":2'));
    const other = await testVault({ folder: made.folder });
    await expect(other.vault.unlock(passphrase)).rejects.toMatchObject({
      message: expect.stringContaining('damaged') as string,
    });
  });

  it('without the database that belongs to it is not written over', async () => {
    const made = await sealed();
    await made.vault.close();
    for (const file of readdirSync(made.folder)) if (file !== 'sealed.json') writeFileSync(join(made.folder, file), '');
    const path = sealedOf(made);
    const good = readFileSync(path);
    const other = await testVault({ folder: made.folder });
    await expect(other.vault.choosePassphrase(passphrase, 0, false)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(readFileSync(path)).toEqual(good);
    expect(existsSync(path)).toBe(true);
  });

  it('is of no use to who has all files and guesses: another process gets no value from them', async () => {
    const made = await sealed();
    await made.vault.close();
    const all = readdirSync(made.folder).map((file) => readFileSync(join(made.folder, file)).toString('latin1'));
    expect(all.some((text) => text.includes(value))).toBe(false);
    // The lock of the counter is in the files, but the cost of a try is in the key itself.
    const other = await testVault({ folder: made.folder });
    for (const guess of ['', 'a', passphrase.toUpperCase(), `${passphrase} `]) {
      other.store.setTries({ wrong: 0, waitUntil: 0 });
      await expect(other.vault.unlock(guess)).rejects.toMatchObject({ code: 'REFUSED' });
    }
    // It is the guesses that are wrong, not the files.
    other.store.setTries({ wrong: 0, waitUntil: 0 });
    await other.vault.unlock(passphrase);
    expect((await other.vault.state()).guard).toMatchObject({ isLocked: false });
  });
});
