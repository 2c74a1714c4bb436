// The pool of runner processes: groups, spares, drops, deaths.
import { describe, expect, it } from 'vitest';
import { lives, openRunner, quick } from '#test/runners';

describe('runner pool', () => {
  it('runs an agent in a process of its own and says when it has left', async () => {
    await using runner = openRunner();
    const { pool, heard } = runner;
    const url = runner.agent('plain', 'return { result: state.given + 1 }');
    pool.run(runner.order('one', url, { given: 1 }), false);
    expect(pool.has('one')).toBe(true);
    expect((await heard.end('one')).type).toBe('run.finished');
    expect(JSON.stringify(heard.events)).toContain('2');
    expect(pool.has('one')).toBe(false);
  });

  it('shares a process among the runs of a bundle, and gives one alone its own', async () => {
    await using runner = openRunner();
    const { pool, heard } = runner;
    const url = runner.agent(
      'shared',
      'globalThis.count = (globalThis.count ?? 0) + 1; return { result: globalThis.count }',
    );
    for (const run of ['one', 'two']) pool.run(runner.order(run, url), false);
    await heard.end('one');
    await heard.end('two');
    expect(pool.pids).toHaveLength(1);
    pool.run(runner.order('three', url), true);
    await heard.end('three');
    expect(pool.pids).toHaveLength(2);
    const results = heard.events.flatMap(({ run, event }) =>
      event.type === 'step.finished' && event.step === 1 ? [[run, JSON.stringify(event.delta)]] : [],
    );
    expect(Object.fromEntries(results)).toMatchObject({
      one: expect.stringContaining('1'),
      two: expect.stringContaining('2'),
      three: expect.stringContaining('1'),
    });
  });

  it('takes the spare that was warmed, and puts another in its place', async () => {
    await using runner = openRunner();
    const { pool, heard } = runner;
    pool.warm();
    const [spare] = pool.pids;
    pool.run(runner.order('one', runner.agent('warm', 'return { result: process.pid }')), false);
    await heard.end('one');
    expect(JSON.stringify(heard.events)).toContain(String(spare));
    await heard.until(() => pool.pids.length === 2);
  });

  it('ends a process that has had nothing to do for a while', async () => {
    await using runner = openRunner({ ...quick, idleMs: 100 });
    const { pool, heard } = runner;
    pool.run(runner.order('one', runner.agent('idle', '')), false);
    await heard.end('one');
    const [pid = 0] = pool.pids;
    await heard.until(() => pool.pids.length === 0);
    expect(lives(pid)).toBe(false);
  });

  it('drops a run that does not leave by ending its process; the others of the group are lost, not alone, and may go on', async () => {
    await using runner = openRunner();
    const { pool, heard } = runner;
    const url = runner.agent(
      'stuck',
      "console.log('began'); if (state.given === 'block') for (;;); if (state.given === 'wait') await new Promise(() => {});",
    );
    pool.run(runner.order('other', url, { given: 'wait' }), false);
    await heard.until(() => heard.printed('other') !== '');
    pool.run(runner.order('stuck', url, { given: 'block' }), false);
    await heard.until(() => heard.printed('stuck') !== '');
    const [pid = 0] = pool.pids;
    pool.drop('stuck');
    expect(pool.has('stuck')).toBe(false);
    expect(await heard.loss('other')).toMatchObject({ alone: false });
    expect(lives(pid)).toBe(false);
    pool.run(runner.order('other', url, { given: 'go' }), true);
    await heard.until(() => heard.leaving.includes('other'));
    expect(heard.lost_.map(({ run }) => run)).toEqual(['other']);
  });

  it('describes a file, with the error of the file where it throws', async () => {
    await using runner = openRunner();
    const { pool } = runner;
    const described = await pool.describe(runner.agent('described', ''));
    expect(described.agent?.state).toMatchObject({ properties: { given: {}, result: {} } });
    const broken = runner.agent('broken', '', "throw new TypeError('no such luck');");
    await expect(pool.describe(broken)).rejects.toMatchObject({
      error: { name: 'TypeError', message: 'no such luck', stack: expect.stringContaining('broken.mjs:3') },
    });
    const none = runner.toolFile('none', 'export const nothing = 1;');
    await expect(pool.describe(none)).rejects.toMatchObject({ error: { name: 'NotAnAgent' } });
    const hangs = runner.agent('hangs', '', 'for (;;);');
    await expect(pool.describe(hangs)).rejects.toMatchObject({ error: { name: 'Unresponsive' } });
  });

  it('leaves no process behind', async () => {
    const runner = openRunner();
    const { pool, heard } = runner;
    pool.warm();
    pool.run(runner.order('blocks', runner.agent('blocks', "console.log('on'); for (;;);")), false);
    pool.run(runner.order('waits', runner.agent('waits', "console.log('on'); await new Promise(() => {});")), true);
    await heard.until(() => heard.printed('blocks') !== '' && heard.printed('waits') !== '');
    const pids = pool.pids;
    expect(pids.length).toBeGreaterThanOrEqual(2);
    await pool.close();
    expect(pids.filter(lives)).toEqual([]);
    expect(pool.pids).toEqual([]);
    await runner[Symbol.asyncDispose]();
  });

  it('starts only so many processes: what needs another waits until one ends', async () => {
    await using runner = openRunner({ ...quick, silenceMs: 10_000, most: 2, mostIdle: 2 });
    const { pool, heard } = runner;
    const runs = ['one', 'two', 'three', 'four', 'five'];
    const urls = runs.map((name) => runner.agent(name, 'await new Promise((r) => setTimeout(r, 100)); return {}'));
    const described = urls.map((url) => pool.describe(url));
    for (const [index, run] of runs.entries()) pool.run(runner.order(run, urls[index] ?? ''), false);
    expect(runs.every((run) => pool.has(run))).toBe(true);
    const counts: number[] = [];
    const look = setInterval(() => counts.push(pool.pids.length), 10);
    for (const run of runs) expect((await heard.end(run)).type).toBe('run.finished');
    expect((await Promise.all(described)).every(({ agent }) => agent !== undefined)).toBe(true);
    clearInterval(look);
    expect(counts.length).toBeGreaterThan(0);
    expect(Math.max(...counts)).toBe(2);
  });

  it('lets those who wait for room be dropped, told things and closed', async () => {
    await using runner = openRunner({ ...quick, silenceMs: 10_000, most: 1 });
    const { pool, heard } = runner;
    const busy = runner.agent('busy', 'await new Promise((r) => signal.addEventListener("abort", r)); return {}');
    const url = runner.agent('next', 'await new Promise((r) => signal.addEventListener("abort", r)); return {}');
    pool.run(runner.order('busy', busy), false);
    for (const run of ['dropped', 'cancelled']) pool.run(runner.order(run, url), false);
    const describing = pool.describe(runner.agent('late', 'return {}')).catch((error: unknown) => String(error));
    pool.drop('dropped');
    pool.send({ type: 'cancel', run: 'cancelled' });
    expect(pool.has('dropped')).toBe(false);
    pool.send({ type: 'cancel', run: 'busy' });
    expect((await heard.end('cancelled')).type).toBe('run.cancelled');
    expect(heard.leaving).not.toContain('dropped');
    expect(await describing).toMatchObject({ tools: [] });
    pool.run(runner.order('busy', busy), false);
    const late = pool.describe(url).catch((error: unknown) => String(error));
    await pool.close();
    expect(await late).toContain('closing');
  });
});
