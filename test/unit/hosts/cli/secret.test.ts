// `atelier secret` as a person uses it: values typed or piped in, and never said back.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openVaultStore } from '#adapters/sqlite/vault-store';
import { systemClock } from '#adapters/workspace';
import { Vault } from '#engine/vault/vault';
import { runCli } from '#hosts/cli/run';
import { vaultIn } from '#hosts/vault';
import { MemoryKeychain } from '#test/memory-keychain';
import { quickCost } from '#test/vault';

const passphrase = 'correct horse battery';
const value = 'k7Vq-9zL_pQ2xWm4Rt8sYb1n';
const program = join(import.meta.dirname, '../../../../src-main/hosts/cli/main.ts');

let folder = '';
const before = { ...process.env };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-secret-'));
  process.env['ATELIER_DATA'] = join(folder, 'data');
  // What stands here is the test's own affair, not the keychain of whoever runs it.
  process.env['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=/nowhere/at/all';
});
afterEach(() => {
  for (const name of ['ATELIER_DATA', 'DBUS_SESSION_BUS_ADDRESS', 'PLANTED_API_KEY']) {
    const old = before[name];
    if (old === undefined) delete process.env[name];
    else process.env[name] = old;
  }
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `stdin`: what is piped in; or, as a list, what a person types when asked. */
async function secret(argv: readonly string[], stdin: string | readonly string[] = ''): Promise<Answer> {
  let out = '';
  let err = '';
  const typed = typeof stdin === 'string' ? [] : [...stdin];
  const code = await runCli(['secret', ...argv], {
    out: { isTTY: !argv.includes('--json'), write: (text) => (out += text) },
    err: { isTTY: false, write: (text) => (err += text) },
    cwd: folder,
    signal: new AbortController().signal,
    secretInput: {
      isTerminal: typeof stdin !== 'string',
      hidden: (question) => {
        err += question;
        return Promise.resolve(typed.shift());
      },
      piped: () => Promise.resolve(typeof stdin === 'string' ? stdin : ''),
    },
  });
  return { code, out, err };
}

const bind = ['--bind', 'provider:openai=https://api.openai.com'];

/** As `secret guard passphrase` does, but for what a try costs. */
async function withPassphrase(): Promise<void> {
  const data = join(folder, 'data', 'vault');
  const store = openVaultStore(join(data, 'vault.db'));
  const parts = { folder: data, store, keychain: new MemoryKeychain(), clock: systemClock };
  const vault = new Vault({ ...parts, cost: quickCost, changed: () => undefined });
  await vault.choosePassphrase(passphrase, 0, false);
  await vault.close();
}

async function released(name: string): Promise<string> {
  const vault = vaultIn(join(folder, 'data'));
  try {
    await vault.unlock(passphrase);
    return (await vault.release(name, { provider: 'openai', origin: 'https://api.openai.com', purpose: 'test' })).value;
  } finally {
    await vault.close();
  }
}

describe('atelier secret', () => {
  it('keeps nothing before a guard is chosen, and says what there is', async () => {
    const refused = await secret(['add', 'KEY', ...bind], `${value}\n`);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('choose first what should');
    expect((await secret(['guard', 'keychain'])).err).toContain('Secret Service does not work here');
    const status = await secret(['status']);
    expect(status.out).toContain('Nothing guards secrets yet');
    expect(status.out).toContain('Secret Service does not work here');
    expect((await secret(['list'])).out).toContain('No secrets');
  });

  it('takes values from stdin and from the terminal', async () => {
    await withPassphrase();
    expect(await secret(['add', 'PIPED', ...bind, '--passphrase-stdin'], `${passphrase}\n${value}\n`)).toMatchObject({
      code: 0,
    });
    const typed = await secret(['add', 'TYPED', ...bind], [passphrase, value]);
    expect(typed).toMatchObject({ code: 0, err: 'Passphrase of the vault: Value of TYPED (not shown): ' });
    expect([await released('PIPED'), await released('TYPED')]).toEqual([value, value]);
    const left = await secret(['add', 'LEFT', ...bind], [passphrase]);
    expect(left).toMatchObject({ code: 1, err: expect.stringContaining('Nothing was typed') as string });
    const noPassphrase = await secret(['add', 'X', ...bind], `${value}\n`);
    expect(noPassphrase.err).toContain('--passphrase-stdin');
  });

  it('rotates, finishes, edits, shows and removes', async () => {
    await withPassphrase();
    const piped = (more = ''): string => `${passphrase}\n${more}`;
    const stdin = '--passphrase-stdin';
    await secret(['add', 'KEY', ...bind, stdin], piped(value));
    await secret(['rotate', 'KEY', stdin], piped('the-next-value'));
    expect(await released('KEY')).toBe(value);
    expect((await secret(['list'])).out).toContain('two values');
    await secret(['finish', 'KEY', stdin], piped());
    expect(await released('KEY')).toBe('the-next-value');
    await secret(['replace', 'KEY', stdin], piped(value));
    expect(await released('KEY')).toBe(value);
    const edited = await secret([
      'edit',
      'KEY',
      '--bind',
      'host:https://a.example',
      '--bind',
      'tool:search',
      '--expires',
      '2020-01-02',
      '--note',
      'old',
    ]);
    expect(edited.code).toBe(0);
    const noDay = await secret(['edit', 'KEY', '--expires', '2026-02-30']);
    expect([noDay.code, noDay.err]).toEqual([2, expect.stringContaining('--expires takes a day')]);
    const listed = await secret(['list']);
    expect(listed.out).toContain('host https://a.example, tool search');
    expect(listed.out).toContain('expired on 2020-01-02; old');
    const audit = await secret(['audit', 'KEY', '--limit', '2']);
    expect(audit.out.split('\n').filter((line) => line.includes('released'))).toHaveLength(2);
    expect((await secret(['remove', 'KEY', stdin], piped())).code).toBe(0);
    expect((await secret(['list'])).out).toBe('No secrets.\n');
  });

  it('chooses and changes the passphrase, and locks', async () => {
    const chosen = await secret(['guard', 'passphrase', '--auto-lock', '5', '--passphrase-stdin'], `${passphrase}\n`);
    expect(chosen).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('guarded by a passphrase') as string,
    });
    await secret(['add', 'KEY', ...bind, '--passphrase-stdin'], `${passphrase}\n${value}`);
    const vault = vaultIn(join(folder, 'data'));
    await vault.unlock(passphrase);
    expect((await secret(['lock'])).code).toBe(0);
    expect(vault.isLocked).toBe(true);
    await vault.close();
    const wrong = await secret(['passwd'], ['not that one', 'another long one', 'another long one']);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('That is not the passphrase') as string });
    const differs = await secret(['passwd'], [passphrase, 'another long one', 'another lang one']);
    expect(differs.err).toContain('not the same');
    expect((await secret(['passwd', '--passphrase-stdin'], `${passphrase}\nanother long one\n`)).code).toBe(0);
    expect((await secret(['guard', 'passphrase'], ['short'])).err).toContain('8 to 1,024');
  });

  it('imports by name, from a file and from the environment', async () => {
    await withPassphrase();
    process.env['PLANTED_API_KEY'] = 'planted-in-the-environment-1';
    writeFileSync(join(folder, '.env'), `export OPENAI_API_KEY="${value}"\nDB_PASSWORD='p4ss-of-the-db'\nPORT=80\n`);
    const found = await secret(['import', '.env']);
    expect(found.out).toMatch(/OPENAI_API_KEY +provider openai at https:\/\/api\.openai\.com/u);
    expect(found.out).toMatch(/DB_PASSWORD +say with --bind/u);
    expect(found.out).not.toContain('PORT');
    expect((await secret(['import', '.env', 'DB_PASSWORD', '--passphrase-stdin'], passphrase)).code).toBe(2);
    expect((await secret(['import', '.env', 'OPENAI_API_KEY', '--passphrase-stdin'], passphrase)).code).toBe(0);
    expect(await released('OPENAI_API_KEY')).toBe(value);
    expect((await secret(['import', '--env'])).out).toContain('PLANTED_API_KEY');
    const taken = await secret(['import', '--env', 'PLANTED_API_KEY', ...bind, '--passphrase-stdin'], passphrase);
    expect(taken.out).toContain('1 secret taken in.');
    expect(await released('PLANTED_API_KEY')).toBe('planted-in-the-environment-1');
    expect((await secret(['import', '.env', 'NOT_THERE', '--passphrase-stdin'], passphrase)).code).not.toBe(0);
  });

  it.each([
    [['add', 'KEY', value]],
    [['add', 'KEY', value, ...bind]],
    [['add', `KEY=${value}`, ...bind]],
    [['add', value, ...bind, '--value', value]],
    [['replace', 'KEY', value]],
    [['rotate', 'KEY', value]],
    [['passwd', value]],
    [['lock', value]],
    [['list', value]],
    [['sk-proj-a1b2c3d4e5f6g7h8i9j0k1']],
    [['guard', 'passphrase', value]],
  ])('does not take a value as argument, and does not say it back: %j', async (argv) => {
    await withPassphrase();
    const answer = await secret(argv, passphrase);
    expect(answer.code).not.toBe(0);
    expect(answer.out + answer.err).not.toContain(value);
    expect(answer.out + answer.err).not.toContain('a1b2c3d4');
    expect((await secret(['list'])).out).toBe('No secrets.\n');
  });

  it('says no value in any form of answer, and leaves none in a file', async () => {
    await withPassphrase();
    const stdin = '--passphrase-stdin';
    const answers = [
      await secret(['add', 'KEY', ...bind, stdin, '--json'], `${passphrase}\n${value}`),
      await secret(['add', 'KEY', ...bind, stdin, '--json'], `${passphrase}\n${value}`),
      await secret(['add', 'BAD', ...bind, stdin], `${passphrase}\n${value}\nmore ${value}`),
      await secret(['add', 'BAD', ...bind, stdin], `${passphrase}\n${value}\u0001`),
      await secret(['list', '--json']),
      await secret(['status', '--json']),
      await secret(['audit', '--json']),
      await secret(['replace', 'KEY', stdin, '--json'], `${value}\n${passphrase}`),
    ];
    const said = answers.map(({ out, err }) => out + err).join('\n');
    expect(answers.map(({ code }) => code)).toEqual([0, 1, 1, 1, 0, 0, 0, 1]);
    expect(said).not.toContain(value);
    expect(said).not.toContain(passphrase);
    for (const file of readdirSync(join(folder, 'data', 'vault')))
      expect([file, readFileSync(join(folder, 'data', 'vault', file)).includes(value)]).toEqual([file, false]);
    const list = z.object({ secrets: z.array(z.object({ name: z.string() })) });
    expect(list.parse(JSON.parse(answers[4]?.out ?? '')).secrets).toEqual([{ name: 'KEY' }]);
  });

  it('is what doctor tells of', async () => {
    const doctor = async (): Promise<string> => {
      let out = '';
      const io = { cwd: folder, signal: new AbortController().signal, err: { write: () => true } };
      await runCli(['doctor', '--text'], { ...io, out: { write: (text) => (out += text) } });
      return out.split('\n').find((line) => line.includes('Secrets:')) ?? '';
    };
    expect(await doctor()).toContain(
      'None are kept: nothing was chosen yet to guard them. Secret Service does not work here',
    );
    expect(readdirSync(folder)).toEqual([]);
    await withPassphrase();
    await secret(['add', 'KEY', ...bind, '--expires', '2020-01-01', '--passphrase-stdin'], `${passphrase}\n${value}`);
    const line = await doctor();
    expect(line).toMatch(/^warn .*1 guarded by a passphrase \(scrypt, AES-256-GCM\), locked\./u);
    expect(line).toContain('Expired: KEY.');
  });
});

describe('a real process', () => {
  const env = (): NodeJS.ProcessEnv => ({ ...process.env, NO_COLOR: '1' });

  it('reads the passphrase and the value from a pipe', async () => {
    await withPassphrase();
    const done = await new Promise<string>((resolve, reject) => {
      const child = execFile(
        process.execPath,
        [program, 'secret', 'add', 'KEY', ...bind, '--passphrase-stdin', '--text'],
        { env: env(), cwd: folder },
        (error, stdout, stderr) => {
          if (error === null) resolve(stdout + stderr);
          else reject(new Error(stderr));
        },
      );
      child.stdin?.end(`${passphrase}\n${value}\n`);
    });
    expect(done).toBe('KEY is in the vault.\n');
    expect(await released('KEY')).toBe(value);
  }, 60_000);

  if (process.platform !== 'linux')
    process.stdout.write('Left out: the terminal of this test is that of util-linux.\n');
  it.runIf(process.platform === 'linux')(
    'shows nothing of what is typed at a terminal',
    async () => {
      await withPassphrase();
      const command = `${process.execPath} ${program} secret add KEY --bind host:https://a.example`;
      const child = spawn('script', ['-qec', command, '/dev/null'], { env: env(), cwd: folder });
      let screen = '';
      const asked = async (question: string): Promise<void> => {
        await expect.poll(() => screen, { timeout: 30_000 }).toContain(question);
      };
      child.stdout.on('data', (piece: Buffer) => (screen += piece.toString()));
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      await asked('Passphrase of the vault: ');
      // A slip that is taken back, and the key's own way to be pasted.
      child.stdin.write(`${passphrase}x\u007F\r`);
      await asked('Value of KEY (not shown): ');
      child.stdin.write(`\u001B[200~${value}\u001B[201~\r`);
      expect(await ended).toBe(0);
      expect(screen).toContain('KEY is in the vault.');
      expect(screen).not.toContain(value);
      expect(screen).not.toContain(passphrase);
      const vault = vaultIn(join(folder, 'data'));
      await vault.unlock(passphrase);
      expect((await vault.release('KEY', { origin: 'https://a.example', purpose: 'test' })).value).toBe(value);
      await vault.close();
    },
    90_000,
  );
});
