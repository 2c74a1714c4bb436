// Tools in their process: what goes in and out, cancel and time, what they may write, what is left when they die.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lives, openRunner, quick, type Runner } from '#test/runners';

const never = new AbortController().signal;

function tool(name: string, body: string, more = ''): string {
  return `export const ${name} = defineTool({ name: '${name}', description: 'For a test.', input: z.unknown(), effect: 'write', ${more}
    run: async (input, { signal, key, folder }) => { ${body} } });`;
}

function call(runner: Runner, url: string, name: string, input: string | number | null = null, timeoutMs = 10_000) {
  return runner.pool.callTool({ url, name, key: `/1:only#1.1`, input, timeoutMs, signal: never });
}

describe('a tool', () => {
  it('is given what its schema makes of the input, and gives plain JSON', async () => {
    await using runner = openRunner();
    const url = runner.toolFile(
      'good',
      `export const doubled = defineTool({ name: 'doubled', description: '', effect: 'read',
        input: z.object({ n: z.number(), by: z.number().default(2) }), output: z.object({ n: z.number() }),
        run: ({ n, by }) => ({ n: n * by }) });
      ${tool('context', 'return { key, folder, aborted: signal.aborted, left: undefined }')}
      ${tool('nothing', '')} ${tool('strange', 'return { when: new Date() }')}
      ${tool('wrong', "return { n: 'x' }", 'output: z.object({ n: z.number() }),')}
      ${tool('throws', "throw Object.assign(new RangeError('too far'), { hint: 'Go less far.' })")}`,
    );
    const { pool } = runner;
    const doubled = { url, name: 'doubled', key: 'k', timeoutMs: 5000, signal: never };
    expect(await pool.callTool({ ...doubled, input: { n: 4 } })).toEqual({ n: 8 });
    await expect(pool.callTool({ ...doubled, input: { n: 'four' } })).rejects.toMatchObject({
      error: { name: 'BadInput', message: expect.stringMatching(/"doubled".*expected number/su) },
    });
    expect(await call(runner, url, 'context')).toEqual({ key: '/1:only#1.1', folder: runner.folder, aborted: false });
    expect(await call(runner, url, 'nothing')).toBe(null);
    await expect(call(runner, url, 'strange')).rejects.toMatchObject({ error: { name: 'NotJson' } });
    await expect(call(runner, url, 'wrong')).rejects.toMatchObject({ error: { name: 'BadOutput' } });
    await expect(call(runner, url, 'missing')).rejects.toMatchObject({ error: { name: 'NoTool' } });
    await expect(call(runner, url, 'throws')).rejects.toMatchObject({
      error: { name: 'RangeError', message: 'too far', hint: 'Go less far.' },
    });
    expect((await pool.describe(url)).tools.map(({ name }) => name)).toContain('doubled');
  });

  it('hears of a cancel and of the end of its time', async () => {
    await using runner = openRunner();
    const url = runner.toolFile(
      'slow',
      tool(
        'slow',
        "console.log('began'); await new Promise((done) => (signal.onabort = done)); console.log('stopped ' + signal.reason.name)",
      ),
    );
    await expect(call(runner, url, 'slow', null, 100)).rejects.toMatchObject({ error: { name: 'Timeout' } });
    const controller = new AbortController();
    const cancelled = runner.pool.callTool({
      url,
      name: 'slow',
      key: 'k',
      input: null,
      timeoutMs: 5000,
      signal: controller.signal,
    });
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ error: { name: 'Cancelled' } });
    await runner.heard.until(() => runner.heard.printed().match(/stopped Cancelled/gu)?.length === 2);
  });

  it('that blocks is ended; calls at the same time are lost, later ones are answered by a new process', async () => {
    await using runner = openRunner();
    const url = runner.toolFile(
      'blocking',
      `${tool('blocks', 'for (;;);')} ${tool('waits', "console.log('waiting'); await new Promise(() => {})")} ${tool('quick', 'return process.pid')}`,
    );
    const first = await call(runner, url, 'quick');
    const waiting = call(runner, url, 'waits');
    await runner.heard.until(() => runner.heard.printed() !== '');
    const blocking = call(runner, url, 'blocks');
    for (const lost of [waiting, blocking]) {
      await expect(lost).rejects.toMatchObject({
        error: { name: 'Lost', message: expect.stringMatching(/^The tools' code/u) },
      });
    }
    expect(await call(runner, url, 'quick')).not.toBe(first);
  });

  it('writes in the workspace, but not what the studio keeps there, and nowhere else', async () => {
    await using runner = openRunner();
    const { folder } = runner;
    for (const name of ['.agents', '.atelier', 'Übersicht', 'sub']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, '.atelier', 'atelier.db'), 'kept');
    const url = runner.toolFile(
      'writing',
      tool(
        'write',
        "const fs = await import('node:fs'); fs.writeFileSync(input, 'written'); return fs.readFileSync(input, 'utf8')",
      ) +
        tool('wipe', "const fs = await import('node:fs'); fs.rmSync(input, { recursive: true })") +
        tool('move', "const fs = await import('node:fs'); fs.renameSync(input, input + '-gone')"),
    );
    const attempt = (path: string) => call(runner, url, 'write', path).catch((error) => String(error));
    const names = ['new.txt', 'sub/new.txt', '.env', '.github', '.agents/x', 'Übersicht/x', '~x', '0', '[x]', ' x'];
    const outcomes = new Map<string, unknown>();
    for (const name of names) outcomes.set(name, await attempt(join(folder, name)));
    expect([...outcomes]).toEqual(names.map((name) => [name, 'written']));
    const refused = [
      '.atelier/atelier.db',
      '.atelier/new',
      '.atelier',
      '../escaped.txt',
      '.atelier/cache/agents/x.mjs',
    ];
    for (const path of refused.flatMap((name) => [`${folder}/${name}`, `${folder}/sub/../${name}`])) {
      outcomes.set(path, await attempt(path));
      expect([path, outcomes.get(path)]).toEqual([path, expect.stringContaining('restricted')]);
    }
    await expect(call(runner, url, 'wipe', `${folder}/.atelier`)).rejects.toMatchObject({
      error: { message: expect.stringContaining('restricted'), hint: expect.stringContaining('but for .atelier') },
    });
    await expect(call(runner, url, 'wipe', folder)).rejects.toThrow(/restricted/u);
    await expect(call(runner, url, 'move', `${folder}/.atelier`)).rejects.toThrow(/restricted/u);
    await expect(call(runner, url, 'move', folder)).rejects.toThrow(/restricted/u);
    expect(readFileSync(join(folder, '.atelier', 'atelier.db'), 'utf8')).toBe('kept');
    expect(existsSync(join(folder, '..', 'escaped.txt'))).toBe(false);
  });

  it('may start programs, which see no secret and end with it', async () => {
    await using runner = openRunner(quick);
    process.env['ATELIER_TEST_CANARY'] = 'canary-tools';
    const url = runner.toolFile(
      'programs',
      `${tool('env', "const { execFileSync } = await import('node:child_process'); return execFileSync('env').toString()")}
      ${tool('sleep', "const { spawn } = await import('node:child_process'); return spawn('sleep', ['100'], { stdio: 'ignore' }).pid")}`,
    );
    const env = JSON.stringify(await call(runner, url, 'env'));
    delete process.env['ATELIER_TEST_CANARY'];
    expect(env).toContain('PATH=');
    expect(env).not.toContain('canary-tools');
    const pid = Number(await call(runner, url, 'sleep'));
    expect(lives(pid)).toBe(true);
    await runner.pool.close();
    await runner.heard.until(() => !lives(pid));
  });

  it('cannot end its process or the studio', async () => {
    await using runner = openRunner();
    const url = runner.toolFile(
      'ending',
      `${tool('exits', 'process.exit(0)')} ${tool('kills', "process.kill(process.ppid, 'SIGKILL')")} ${tool('group', 'process.kill(-process.pid, 9)')}`,
    );
    for (const name of ['exits', 'kills', 'group'])
      await expect(call(runner, url, name)).rejects.toThrow(/not available/u);
  });
});
