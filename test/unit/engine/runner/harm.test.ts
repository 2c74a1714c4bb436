// User code that does harm harms its own run only: each of these runs beside a run of another agent, which goes on.
import { describe, expect, it } from 'vitest';
import { openRunner, quick, type Runner } from '#test/runners';

/** Runs the body; beside it, in a runner of another group, a run that waits until it is told to go on. */
async function harm(runner: Runner, body: string): Promise<void> {
  const { pool, heard } = runner;
  pool.run(runner.order('bystander', bystander(runner), { given: 'wait' }), false);
  await heard.until(() => heard.printed('bystander') !== '');
  pool.run(runner.order('harmful', runner.agent('harmful', body)), false);
}

async function unharmed(runner: Runner): Promise<void> {
  const { pool, heard } = runner;
  pool.run(runner.order('friend', bystander(runner), { given: 'tell' }), false);
  for (const run of ['friend', 'bystander']) expect((await heard.end(run)).type).toBe('run.finished');
  expect(heard.lost_.filter(({ run }) => run !== 'harmful')).toEqual([]);
}

function bystander(runner: Runner): string {
  return runner.agent(
    'bystander',
    `if (state.given === 'tell') globalThis.go();
    else await new Promise((done) => { globalThis.go = done; console.log('waiting'); });`,
  );
}

describe('what ends the runner', () => {
  const small = { ...quick, memoryMb: 64, residentMb: 400, silenceMs: 3000 };
  const fatal = [
    ['a loop without end', 'for (;;);', 'Unresponsive', quick],
    ['a chain of microtasks without end', 'for (;;) await undefined;', 'Unresponsive', quick],
    ['a search that never comes back', "/^(a+)+$/u.test('a'.repeat(60) + 'b')", 'Unresponsive', quick],
    [
      'objects without end',
      'const all = []; for (;;) all.push({ a: [1, 2, 3], b: String(all.length) });',
      'OutOfMemory',
      small,
    ],
    [
      'buffers without end',
      'const all = []; for (;;) { all.push(Buffer.alloc(8e6, 1)); await new Promise((done) => setTimeout(done)); }',
      'OutOfMemory',
      small,
    ],
    ['buffers without a pause', 'const all = []; for (;;) all.push(Buffer.alloc(8e6, 1));', 'OutOfMemory', small],
    ['a text that doubles', "let text = 'x'; for (;;) { text += text; Buffer.from(text); }", 'OutOfMemory', small],
  ] as const;

  it.each(fatal)('%s', async (_what, body, name, limits) => {
    await using runner = openRunner(limits);
    await harm(runner, body);
    const lost = await runner.heard.loss('harmful');
    expect(lost).toMatchObject({ error: { name }, alone: true });
    expect(lost.error.message).toMatch(/^Its .*\.$/u);
    await unharmed(runner);
  });

  it('tells the other runs of the group that it may not have been their fault, and they go on alone', async () => {
    await using runner = openRunner();
    const { pool, heard } = runner;
    const url = runner.agent(
      'group',
      "if (state.given === 'bad') for (;;); await new Promise((done) => setTimeout(done, state.given)); return { result: 1 }",
    );
    pool.run(runner.order('good', url, { given: 60_000 }), false);
    pool.run(runner.order('bad', url, { given: 'bad' }), false);
    expect(await heard.loss('good')).toMatchObject({ alone: false, error: { name: 'Unresponsive' } });
    expect(await heard.loss('bad')).toMatchObject({ alone: false });
    pool.run(runner.order('good', url, { given: 1 }), true);
    pool.run(runner.order('bad', url, { given: 'bad' }), true);
    await heard.until(() => heard.leaving.includes('good'));
    expect(heard.lastOf('good')?.type).toBe('run.finished');
    const again = await heard.until(() => heard.lost_.filter(({ run }) => run === 'bad').at(1));
    expect(again.alone).toBe(true);
  });
});

describe('what only fails the run', () => {
  const failing = [
    ['process.exit', 'process.exit(0)', /process\.exit is not available/u],
    ['process.exit by another door', "(await import('node:process')).exit(0)", /process\.exit is not available/u],
    ['process.reallyExit', 'process.reallyExit(0)', /process\.reallyExit is not available/u],
    ['process.abort', 'process.abort()', /process\.abort is not available/u],
    ['process.kill of itself', "process.kill(process.pid, 'SIGKILL')", /process\.kill is not available/u],
    ['process.kill of the studio', "process.kill(process.ppid, 'SIGKILL')", /process\.kill is not available/u],
    ['process._kill', 'process._kill(process.pid, 9)', /process\._kill is not available/u],
    ['process.dlopen', "process.dlopen({ exports: {} }, '/lib/x.node')", /process\.dlopen is not available/u],
    ['process.binding', "process.binding('tcp_wrap')", /process\.binding is not available/u],
    ['flags of V8', "(await import('node:v8')).setFlagsFromString('--no-opt')", /V8/u],
    ['recursion without end', 'const again = () => again() + 1; again()', /call stack/u],
    ['a string thrown', "throw 'just text'", /just text/u],
    ['undefined thrown', 'throw undefined', /undefined/u],
    ['an object that cannot be shown', 'throw { toString() { throw 1 }, toJSON() { throw 2 } }', /object/u],
  ] as const;

  it('leaves the runner to others', async () => {
    await using runner = openRunner();
    const { pool, heard } = runner;
    const cases = failing.map(([what, body]) => `[${JSON.stringify(what)}]: async () => { ${body} }`).join(',\n');
    const url = runner.agent(
      'failing',
      'await bodies[state.given](); return { result: 1 }',
      `const bodies = { ${cases} };`,
    );
    for (const [what] of failing) pool.run(runner.order(what, url, { given: what }), false);
    for (const [what, , message] of failing) {
      const end = await heard.end(what);
      const error = end.type === 'run.failed' ? end.error.message : `${end.type}, no failure`;
      expect([what, error]).toEqual([what, expect.stringMatching(message)]);
    }
    expect(pool.pids).toHaveLength(1);
  });
});

describe('what harms nothing', () => {
  it('promises that nobody awaits and errors that nobody catches are printed', async () => {
    await using runner = openRunner();
    await harm(
      runner,
      `Promise.reject(new Error('floating')); setTimeout(() => { throw 'thrown later'; }, 1);
      queueMicrotask(() => { throw new TypeError('micro'); });
      process.removeAllListeners(); Promise.reject(7);
      await new Promise((done) => setTimeout(done, 100)); return { result: 1 }`,
    );
    expect((await runner.heard.end('harmful')).type).toBe('run.finished');
    const printed = await runner.heard.until(() => {
      const text = runner.heard.printed('harmful');
      return text.includes('thrown later') ? text : undefined;
    });
    for (const words of ['floating', 'thrown later', 'micro']) expect(printed).toContain(words);
    await unharmed(runner);
  });

  it('a gigabyte printed is cut to 64 KiB a second, the rest counted', async () => {
    await using runner = openRunner({ ...quick, silenceMs: 20_000 });
    const before = process.memoryUsage.rss();
    await harm(
      runner,
      `const line = 'x'.repeat(1e6); for (let i = 0; i < 500; i += 1) console.log(line);
      const bytes = new Uint8Array(1e6); for (let i = 0; i < 500; i += 1) process.stderr.write(bytes);
      return { result: 1 }`,
    );
    expect((await runner.heard.end('harmful')).type).toBe('run.finished');
    const { prints } = runner.heard;
    await runner.heard.until(() => prints.reduce((sum, { text, dropped }) => sum + text.length + dropped, 0) >= 1e9);
    expect(prints.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(20 * 64 * 1024);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100e6);
    await unharmed(runner);
  });

  it('many small prints arrive together, each with its run', async () => {
    await using runner = openRunner();
    const url = runner.agent(
      'prints',
      'for (let i = 0; i < 3000; i += 1) console.log(state.given, i); return { result: 1 }',
    );
    for (const run of ['a', 'b']) runner.pool.run(runner.order(run, url, { given: run }), false);
    for (const run of ['a', 'b']) {
      expect((await runner.heard.end(run)).type).toBe('run.finished');
      await runner.heard.until(() => runner.heard.printed(run).includes(`${run} 2999`));
    }
    expect(runner.heard.prints.length).toBeLessThan(300);
  });

  it.each([
    ['JSON', 'globalThis.JSON = { stringify: () => { throw 1 }, parse: () => { throw 2 } }'],
    ['Promise', 'globalThis.Promise = class {}; globalThis.queueMicrotask = () => {}'],
    ['the prototype of arrays', 'Array.prototype.push = () => { throw new Error() }; Array.prototype.map = undefined'],
    ['the prototype of functions', 'Function.prototype.call = Function.prototype.apply = undefined'],
    ['timers', 'globalThis.setTimeout = globalThis.setInterval = globalThis.setImmediate = undefined'],
    ['the port', 'MessagePort.prototype.postMessage = () => { throw 1 }'],
  ])('%s overwritten: another group goes on, and the run ends one way or another', async (_what, body) => {
    await using runner = openRunner();
    await harm(runner, `${body}; return { result: 1 }`);
    await unharmed(runner);
    // Where nothing at all comes of it any more, a person ends it.
    if (runner.pool.has('harmful')) runner.pool.drop('harmful');
    expect(runner.pool.has('harmful')).toBe(false);
  });
});
