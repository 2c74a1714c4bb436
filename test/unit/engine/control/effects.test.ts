// Effects: on record before they begin, judged by the policy, and not done twice without leave.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Message } from '#contract/turn';
import { node, played, PlayedBundler, say, step, toolFace, toolFile, type Played } from '#test/played-runners';
import { temporaryStore } from '#test/store';

const key = '/1:n#1.1';
const search = toolFace('search');
const pay = toolFace('pay', { effect: 'write' });
const put = toolFace('put', { effect: 'write', idempotent: true });

function workspace(rules: object | string): string {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-policy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'policies.json'), typeof rules === 'string' ? rules : JSON.stringify(rules));
  return folder;
}

async function asked(studio: Played, name: string, input: object = { q: 1 }): Promise<string> {
  const run = await studio.begin();
  studio.runners.asks(run.id, key, 'tool', `${toolFile}#${name}`, input);
  await studio.settle();
  return run.id;
}

describe('a tool call', () => {
  test('is on record before it begins, and its result before it is told', async () => {
    const studio = played(temporaryStore(), { tools: [search] });
    const seen: string[][] = [];
    const run = await studio.begin();
    studio.runners.tool = (call) => {
      seen.push(studio.types(run.id));
      return Promise.resolve({ found: call.input });
    };
    studio.runners.asks(run.id, key, 'tool', `${toolFile}#search`, { q: 1 });
    await studio.settle();
    expect(seen[0]?.at(-1)).toBe('effect.requested');
    expect(studio.types(run.id).at(-1)).toBe('effect.finished');
    expect(studio.runners.settled(run.id, key)).toMatchObject({ settled: { result: { found: { q: 1 } } } });
    expect(studio.runners.calls[0]).toMatchObject({ name: 'search', key: `${run.id}${key}` });
  });

  test('a failure is on record and told', async () => {
    const studio = played(temporaryStore(), { tools: [search] });
    studio.runners.tool = () => Promise.reject(new Error('no net'));
    const id = await asked(studio, 'search');
    expect(studio.runners.settled(id, key)).toMatchObject({ settled: { error: { name: 'Error', message: 'no net' } } });
  });

  test('of a file that is none of the agent is refused', async () => {
    const studio = played(temporaryStore(), { tools: [search] });
    const run = await studio.begin();
    for (const [index, file] of ['../../etc/x.ts', 'tools/other.ts', '/etc/passwd', ''].entries()) {
      studio.runners.asks(run.id, `/1:n#1.${index + 1}`, 'tool', `${file}#search`, {});
    }
    await studio.settle();
    const told = studio.runners.sent.filter((one) => one.type === 'settled');
    expect(told).toHaveLength(4);
    for (const one of told) expect(one).toMatchObject({ settled: { error: { name: 'Refused' } } });
    expect(studio.runners.calls).toEqual([]);
  });

  test('what main read in the tool file counts, whatever the agent said of it', async () => {
    const studio = played(temporaryStore(), { tools: [pay] });
    studio.runners.descriptions.set('agents/a.agent.ts', {
      agent: { input: {}, state: {}, migratesFrom: [], tools: [{ ...pay, effect: 'read' }] },
      tools: [],
    });
    const id = await asked(studio, 'pay');
    expect(studio.control.get(id).interrupts[0]).toMatchObject({ kind: 'approval', title: 'Allow pay?' });
  });

  test('that is not there is an error with the names that are', async () => {
    const studio = played(temporaryStore(), { tools: [search] });
    const id = await asked(studio, 'serch');
    expect(studio.runners.settled(id, key)).toMatchObject({ settled: { error: { hint: 'It exports search.' } } });
  });
});

describe('the policy', () => {
  test('a write waits for leave; allowed, it is done once', async () => {
    const studio = played(temporaryStore(), { tools: [pay] });
    const id = await asked(studio, 'pay');
    expect(studio.runners.calls).toEqual([]);
    expect(studio.runners.settled(id, key)).toMatchObject({ settled: { suspended: key } });
    expect(studio.control.get(id).run.open).toBe(1);
    await studio.control.answer(id, key, { allow: true }, 'me');
    await studio.settle();
    expect(studio.runners.calls).toHaveLength(1);
    expect(studio.runners.settled(id, key)).toMatchObject({ settled: { result: 'done' } });
    expect(studio.types(id).slice(2)).toEqual([
      'effect.requested',
      'interrupt.opened',
      'interrupt.answered',
      'effect.requested',
      'effect.finished',
    ]);
    expect(studio.control.get(id).run.open).toBe(0);
  });

  test('denied, the agent is told why', async () => {
    const studio = played(temporaryStore(), { tools: [pay] });
    const id = await asked(studio, 'pay');
    await studio.control.answer(id, key, { allow: false, reason: 'too much' }, 'me');
    await studio.settle();
    expect(studio.runners.calls).toEqual([]);
    expect(studio.runners.settled(id, key)).toMatchObject({
      settled: { error: { name: 'Refused', message: 'pay was refused: too much' } },
    });
  });

  test('an answer of another form is refused, and nothing is done', async () => {
    const studio = played(temporaryStore(), { tools: [pay] });
    const id = await asked(studio, 'pay');
    await expect(studio.control.answer(id, key, 'yes', 'me')).rejects.toThrow('does not fit');
    await expect(studio.control.answer(id, 'nothing', true, 'me')).rejects.toThrow('not open');
    expect(studio.control.get(id).interrupts).toHaveLength(1);
  });

  test('a rule of the workspace decides, the first that fits', async () => {
    const rules = [
      { tool: 'search', decision: 'deny', reason: 'not here' },
      { tool: '*', effect: 'write', decision: 'allow' },
    ];
    const studio = played(temporaryStore(), { tools: [search, pay], folder: workspace({ rules }) });
    const denied = await asked(studio, 'search');
    expect(studio.runners.settled(denied, key)).toMatchObject({
      settled: { error: { message: 'search was refused: not here' } },
    });
    const allowed = await asked(studio, 'pay');
    expect(studio.runners.settled(allowed, key)).toMatchObject({ settled: { result: 'done' } });
  });

  test('a file that is not understood refuses every tool, and is read anew when it is mended', async () => {
    const folder = workspace('{ "rules": [ { "tool": "x", "decision": "maybe" } ] }');
    const studio = played(temporaryStore(), { tools: [search], folder });
    const id = await asked(studio, 'search');
    expect(studio.runners.settled(id, key)).toMatchObject({
      settled: { error: { message: expect.stringContaining('rules[0].decision') } },
    });
    writeFileSync(join(folder, 'policies.json'), '{ "rules": [] }');
    const next = await asked(studio, 'search');
    expect(studio.runners.settled(next, key)).toMatchObject({ settled: { result: 'done' } });
  });
});

describe('a runner that lies', () => {
  test('cannot pass an approval off as another question, nor a question as an effect', async () => {
    const opened = { type: 'interrupt.opened', kind: 'human', title: 'Do you like blue?' } as const;
    const studio = played(temporaryStore(), { tools: [pay] });
    const id = await asked(studio, 'pay');
    studio.runners.tells(id, { ...opened, id: key });
    await studio.settle();
    expect(studio.control.get(id).run).toMatchObject({ status: 'failed', error: { name: 'Protocol' } });
    expect(studio.types(id).filter((type) => type === 'interrupt.opened')).toHaveLength(1);
    const other = await studio.begin();
    studio.runners.tells(other.id, { ...opened, id: '/1:n' });
    studio.runners.asks(other.id, '/1:n', 'tool', `${toolFile}#pay`, {});
    await studio.settle();
    expect(studio.control.get(other.id).run).toMatchObject({ status: 'failed', error: { name: 'Protocol' } });
    expect(studio.runners.calls).toEqual([]);
  });

  test.each(['{', '{"messages":[],"parameters":{}}', '{"messages":[{"role":"user","content":[]}],"parameters":{}}'])(
    'asks a model for %s, which ends its run with a sentence',
    async (request) => {
      const studio = played(temporaryStore());
      const { id } = await studio.begin();
      studio.runners.says(id, { at: 1, effect: { key, kind: 'model', name: 'test/m', request } });
      await studio.settle();
      const { run } = studio.control.get(id);
      expect(run).toMatchObject({ status: 'failed', error: { name: 'Protocol' } });
      expect(run.error?.message).not.toContain('\n');
    },
  );
});

describe('an effect whose runner died', () => {
  test('that is still under way is not begun a second time', async () => {
    const studio = played(temporaryStore(), {
      tools: [pay],
      folder: workspace({ rules: [{ tool: '*', decision: 'allow' }] }),
    });
    const { promise, resolve } = Promise.withResolvers<string>();
    studio.runners.tool = () => promise;
    const id = await asked(studio, 'pay');
    studio.runners.loses(id, true);
    await studio.settle();
    studio.runners.asks(id, key, 'tool', `${toolFile}#pay`, { q: 1 });
    await studio.settle();
    expect(studio.runners.calls).toHaveLength(1);
    resolve('paid');
    await studio.settle();
    expect(studio.runners.settled(id, key)).toMatchObject({ settled: { result: 'paid' } });
    expect(studio.types(id).filter((type) => type === 'effect.requested')).toHaveLength(1);
  });
});

/** Main dies while a tool is at work; another main takes the run up, whose runner asks for the same again. */
async function afterCrash(tool: string): Promise<{ readonly studio: Played; readonly id: string }> {
  const store = temporaryStore();
  const folder = workspace({ rules: [{ tool: '*', decision: 'allow' }] });
  const bundler = new PlayedBundler();
  bundler.put('agents/a.agent.ts', 'an agent', [toolFile]);
  bundler.put(toolFile, 'tools');
  const tools = [search, pay, put];
  const before = played(store, { tools, folder, bundler, crashes: true });
  before.runners.tool = () => new Promise(() => undefined);
  const id = await asked(before, tool);
  expect(before.runners.calls).toHaveLength(1);
  const studio = played(store, { tools, folder, bundler });
  await studio.control.open({ resume: true });
  studio.runners.asks(id, key, 'tool', `${toolFile}#${tool}`, { q: 1 });
  await studio.settle();
  return { studio, id };
}

describe('an effect that main died over', () => {
  test.each(['search', 'put'])('%s is done again, and the journal says so', async (tool) => {
    const { studio, id } = await afterCrash(tool);
    expect(studio.runners.calls).toHaveLength(1);
    expect(studio.runners.settled(id, key)).toMatchObject({ settled: { result: 'done' } });
    const requests = studio.control
      .journal(id, 0, 100)
      .events.flatMap(({ event }) => (event.type === 'effect.requested' ? [event.again] : []));
    expect(requests).toEqual([undefined, 2]);
  });

  test('a write that must not be done twice is not, without leave', async () => {
    const { studio, id } = await afterCrash('pay');
    expect(studio.runners.calls).toEqual([]);
    expect(studio.runners.settled(id, key)).toMatchObject({ settled: { suspended: key } });
    expect(studio.control.get(id).interrupts[0]).toMatchObject({
      kind: 'unsure',
      details: { tool: 'pay', input: { q: 1 } },
    });
  });

  test.each([
    [{ again: true }, { result: 'done' }, 1],
    [{ result: { paid: 5 } }, { result: { paid: 5 } }, 0],
    [{ fail: 'it was not done' }, { error: { name: 'Unsure', message: 'it was not done' } }, 0],
  ] as const)('a person says %j', async (answer, settled, calls) => {
    const { studio, id } = await afterCrash('pay');
    await studio.control.answer(id, key, answer, 'me');
    await studio.settle();
    expect(studio.runners.settled(id, key)).toMatchObject({ settled });
    expect(studio.runners.calls).toHaveLength(calls);
  });

  test('a node that asks for something else the second time ends the run with both', async () => {
    const store = temporaryStore();
    const tools = [search];
    const bundler = new PlayedBundler();
    bundler.put('agents/a.agent.ts', 'an agent', [toolFile]);
    bundler.put(toolFile, 'tools');
    const before = played(store, { tools, bundler, crashes: true });
    before.runners.tool = () => new Promise(() => undefined);
    const id = await asked(before, 'search');
    const studio = played(store, { tools, bundler });
    await studio.control.open({ resume: true });
    studio.runners.asks(id, key, 'tool', `${toolFile}#search`, { q: 2 });
    await studio.settle();
    const { run } = studio.control.get(id);
    expect(run).toMatchObject({ status: 'failed', error: { name: 'NotDeterministic' } });
    expect(run.error?.message).toContain('{"q":1}');
    expect(run.error?.message).toContain('{"q":2}');
    expect(studio.runners.dropped).toContain(id);
  });
});

describe('a model call', () => {
  const context: Message = { role: 'context', content: [], tools: [] };
  const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });

  test('puts what was read and said into the turn tree; the journal names the turns', async () => {
    const studio = played(temporaryStore());
    const run = await studio.begin();
    const messages = [context, user('hi')];
    studio.runners.asks(run.id, key, 'model', 'test/m', { messages, parameters: { temperature: 0 } });
    await studio.settle();
    const [requested, finished] = studio.control.journal(run.id, 2, 2).events.map(({ event }) => event);
    expect(requested).toMatchObject({ request: { parameters: { temperature: 0 } } });
    expect(JSON.stringify(requested)).not.toContain('hi"');
    const read = Object(requested).request.read;
    const wrote = Object(finished).result.wrote;
    expect(studio.store.turns.path(wrote).map(({ message }) => message.role)).toEqual(['context', 'user', 'assistant']);
    expect(studio.store.turns.get(wrote)?.parent).toBe(read);
    expect(studio.runners.settled(run.id, key)).toMatchObject({
      settled: { result: { stop: 'end', model: 'm', usage: { inputTokens: 2, outputTokens: 3 } } },
    });
    expect(studio.control.get(run.id).run.usage).toEqual({ inputTokens: 2, outputTokens: 3 });
  });

  test('is stopped when its node is over', async () => {
    const studio = played(temporaryStore());
    let stopped = false;
    studio.models.reply = ({ signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          stopped = true;
          reject(new DOMException('stopped', 'AbortError'));
        }),
      );
    const run = await studio.begin();
    studio.runners.asks(run.id, key, 'model', 'test/m', { messages: [context, user('hi')], parameters: {} });
    await studio.settle();
    const error = { name: 'Timeout', message: 'too slow' };
    studio.runners.tells(run.id, { type: 'node.failed', scope: '', step: 1, node: 'n', ms: 5, try: 1, error });
    await studio.settle();
    expect(stopped).toBe(true);
  });

  test('of an unknown provider is an error that names it', async () => {
    const studio = played(temporaryStore());
    const run = await studio.begin();
    studio.runners.asks(run.id, key, 'model', 'tost/m', { messages: [context, user('hi')], parameters: {} });
    await studio.settle();
    expect(studio.runners.settled(run.id, key)).toMatchObject({ settled: { error: { name: 'ModelError 404' } } });
  });

  test('the same call of the same run has the same seed, another one another', async () => {
    const studio = played(temporaryStore());
    const seeds: number[] = [];
    studio.models.reply = ({ seed }) => {
      seeds.push(seed);
      return Promise.resolve(say('x'));
    };
    const [one, two] = [await studio.begin(), await studio.begin()];
    for (const run of [one, two]) {
      for (const at of [key, '/1:n#1.2']) {
        studio.runners.asks(run.id, at, 'model', 'test/m', { messages: [context, user('hi')], parameters: {} });
        await studio.settle();
      }
    }
    expect(seeds).toHaveLength(4);
    expect(seeds.slice(0, 2)).toEqual(seeds.slice(2));
    expect(seeds[0]).not.toBe(seeds[1]);
  });
});

describe('the cache', () => {
  test('gives what a node left there, until its time is over', async () => {
    const studio = played(temporaryStore());
    const run = await studio.begin();
    const question = { node: 'n', key: 'k' };
    studio.runners.asks(run.id, '/1:n#1.0', 'cache', 'n', question);
    await studio.settle();
    expect(studio.runners.settled(run.id, '/1:n#1.0')).toMatchObject({ settled: { result: null } });
    const cache = { key: 'k', until: studio.clock.time + 100, patches: [{ a: 1 }] };
    studio.runners.tells(
      run.id,
      { type: 'node.finished', scope: '', step: 1, node: 'n', ms: 1, cache },
      step(1, {}, ['n']),
    );
    studio.runners.asks(run.id, '/2:n#1.0', 'cache', 'n', question);
    await studio.settle();
    expect(studio.runners.settled(run.id, '/2:n#1.0')).toMatchObject({ settled: { result: { patches: [{ a: 1 }] } } });
    studio.clock.time += 100;
    studio.runners.tells(run.id, node(2, 'n'), step(2, {}, ['n']));
    studio.runners.asks(run.id, '/3:n#1.0', 'cache', 'n', question);
    await studio.settle();
    expect(studio.runners.settled(run.id, '/3:n#1.0')).toMatchObject({ settled: { result: null } });
  });
});
