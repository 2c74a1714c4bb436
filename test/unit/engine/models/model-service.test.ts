// The models of a workspace: settings as they change on disk, fallbacks, state, prices, servers on this machine, and a call to try one.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelSettings, ProviderSettings } from '#contract/model';
import { playJson } from '#test/upstream/said';
import { messagesAnswer } from '#test/upstream/wire-anthropic';
import { chatAnswer, chatStream, openaiError, playChat } from '#test/upstream/wire-openai';
import {
  ask,
  failureOf,
  fakeUpstream,
  noWaiting,
  openService,
  saying,
  secretsOf,
  textOf,
  until,
  writeSettings,
} from './model-world.ts';

function at(origin: string, more: Partial<ProviderSettings> = {}): ProviderSettings {
  return { dialect: 'openai', url: `${origin}/v1`, ...more };
}

async function says(text: string) {
  return fakeUpstream(playChat({ text }));
}

function fileIn(folder: string): { readonly models: ModelSettings } {
  return JSON.parse(readFileSync(join(folder, 'atelier.json'), 'utf8')) as { readonly models: ModelSettings };
}

describe('settings', () => {
  it('that an editor changes on disk count at the next call', async () => {
    const [one, two] = [await says('one'), await says('two')];
    const { service, folder, changes } = openService({ models: { providers: { p: at(one.origin) } } });
    const first = saying('Hello');
    await service.models.call('p/m', first.call);
    writeSettings(folder, { providers: { p: at(two.origin), q: at(one.origin) } });
    const second = saying('Hello');
    await service.models.call('p/m', second.call);
    expect([first.said.text, second.said.text]).toEqual(['one', 'two']);
    expect(service.list().map(({ name }) => name)).toEqual(['p', 'q']);
    expect(changes.count).toBe(1);
    writeSettings(folder, { providers: { q: at(one.origin) } });
    await expect(failureOf(service.models.call('p/m', saying('Hello').call))).resolves.toMatchObject({ status: 404 });
  });

  it('that are broken stop the providers of atelier.json with their place, and nothing else', async () => {
    const server = await says('one');
    const { service, folder } = openService({ models: { providers: { p: at(server.origin) } } });
    await service.models.call('p/m', saying('Hello').call);
    writeFileSync(join(folder, 'atelier.json'), '{\n  "models": {\n    "providers": [],\n  }\n}');
    const error = await failureOf(service.models.call('p/m', saying('Hello').call));
    expect(error.message).toMatch(/^atelier\.json:4:3 is not JSON/u);
    expect(error.hint).toBe('Put it right there.');
    expect(server.requests).toHaveLength(1);
    const echo = saying('Hello');
    await service.models.call('scripted/echo', echo.call);
    expect(echo.said.text).toBe('Hello');
    expect(service.state()).toMatchObject({
      providers: [],
      problem: { sentence: expect.stringMatching(/atelier\.json:4:3/u) as string, hint: 'Put it right there.' },
    });
    expect(() => service.get('p')).toThrow(/atelier\.json:4:3/u);
    writeSettings(folder, { providers: { p: at(server.origin) } });
    await service.models.call('p/m', saying('Hello').call);
    expect(service.state().problem).toBeUndefined();
  });

  it('keep limits and the breaker of a provider that stays where it is; one that moved begins afresh', async () => {
    const [down, up] = [await fakeUpstream(() => ({ status: 500, body: '' })), await says('up')];
    const { service, folder } = openService({
      models: { providers: { p: at(down.origin, { tries: 1 }) } },
      breaker: { failures: 1 },
    });
    await failureOf(service.models.call('p/m', saying('Hello').call));
    expect(service.state().providers[0]?.breaker.state).toBe('open');
    writeSettings(folder, { providers: { p: at(down.origin, { tries: 2 }) } });
    await expect(failureOf(service.models.call('p/m', saying('Hello').call))).resolves.toMatchObject({ status: 503 });
    writeSettings(folder, { providers: { p: at(up.origin) } });
    await service.models.call('p/m', saying('Hello').call);
    expect(service.state().providers[0]?.breaker.state).toBe('closed');
  });

  it('are written without touching what else is in the file', () => {
    const { service, folder, changes } = openService({});
    writeFileSync(join(folder, 'atelier.json'), '{ "name": "Shop", "theirs": [1,  2] }\n');
    const settings: ProviderSettings = { dialect: 'openai', url: 'http://127.0.0.1:1/v1', models: ['a'] };
    expect(service.putProvider('p', settings).providers).toMatchObject([{ name: 'p', settings }]);
    service.putProvider('q', settings);
    service.setFallbacks('p/a', ['q/a', 'scripted/echo']);
    service.setBudgets({ day: { usd: 5 }, run: { tokens: 1000 } });
    expect(changes.count).toBeGreaterThan(0);
    expect(readFileSync(join(folder, 'atelier.json'), 'utf8')).toContain('{ "name": "Shop", "theirs": [1,  2]');
    expect(fileIn(folder).models).toEqual({
      providers: { p: settings, q: settings },
      fallbacks: { 'p/a': ['q/a', 'scripted/echo'] },
      budgets: { day: { usd: 5 }, run: { tokens: 1000 } },
    });
    expect(service.state()).toMatchObject({
      fallbacks: { 'p/a': ['q/a', 'scripted/echo'] },
      budgets: { day: { usd: 5 }, run: { tokens: 1000 } },
    });
    service.setFallbacks('p/a', []);
    service.setBudgets({});
    service.removeProvider('q');
    expect(fileIn(folder).models).toEqual({ providers: { p: settings } });
    expect(() => service.removeProvider('constructor')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('are not written with a key in them', () => {
    const { service, folder } = openService({ models: {} });
    const headers = { authorization: 'Bearer sk-1234567890abcdefgh' };
    expect(() => service.putProvider('p', { dialect: 'openai', url: 'http://127.0.0.1:1/v1', headers })).toThrow(
      /a key has no place in this file/u,
    );
    expect(readFileSync(join(folder, 'atelier.json'), 'utf8')).not.toContain('sk-');
  });
});

describe('fallbacks', () => {
  const names = (server: { readonly requests: readonly { readonly body: string }[] }): string[] =>
    server.requests.map(({ body }) => (JSON.parse(body) as { model: string }).model);

  async function world(play: Parameters<typeof fakeUpstream>[0], models: Omit<ModelSettings, 'providers'>) {
    const [first, second] = [await fakeUpstream(play), await says('from the second')];
    const providers = { a: at(first.origin, { tries: 1 }), b: at(second.origin) };
    return { first, second, ...openService({ models: { providers, ...models }, timing: noWaiting() }) };
  }

  it.each([401, 403, 429, 500, 529])('are asked where the first answers %i', async (status) => {
    const { service, second } = await world(() => playJson(openaiError('No'), status), {
      fallbacks: { 'a/one': ['b/two', 'scripted/echo'] },
    });
    const { call, said } = saying('Hello');
    await service.models.call('a/one', call);
    expect(said.text).toBe('from the second');
    expect(names(second)).toEqual(['two']);
  });

  it('are asked where nothing listens, and in turn', async () => {
    const { service, first } = await world(() => ({ body: '' }), {
      fallbacks: { 'a/one': ['a/other', 'scripted/echo'] },
    });
    await first.close();
    const { call, said } = saying('Hello');
    await service.models.call('a/one', call);
    expect(said.text).toBe('Hello');
  });

  it.each([400, 404, 413, 422])('are not asked for what they would refuse as well (%i)', async (status) => {
    const { service, second } = await world(() => playJson(openaiError('No'), status), {
      fallbacks: { 'a/one': ['b/two'] },
    });
    await expect(failureOf(service.models.call('a/one', saying('Hello').call))).resolves.toMatchObject({ status });
    expect(second.requests).toEqual([]);
  });

  it('are not asked once something was told', async () => {
    const { service, second } = await world(
      () => ({ body: [...chatStream({ text: 'one two three' }).slice(0, 3), { cut: true }] }),
      { fallbacks: { 'a/one': ['b/two'] } },
    );
    const { call, said } = saying('Hello');
    await failureOf(service.models.call('a/one', call));
    expect(said.text).toBe('one two');
    expect(second.requests).toEqual([]);
  });

  it('have no fallbacks of their own; where all fail it is the first one’s error, and what became of them', async () => {
    const { service } = await world(() => playJson(openaiError('Busy'), 503), {
      fallbacks: { 'a/one': ['a/other'], 'a/other': ['b/two'] },
    });
    const error = await failureOf(service.models.call('a/one', saying('Hello').call));
    expect(error).toMatchObject({ status: 503, message: 'a answered 503: Busy.' });
    expect(error.hint).toContain('a/other: a answered 503: Busy.');
  });

  it('are not asked when the call was cancelled', async () => {
    const { service, first, second } = await world(() => new Promise(() => undefined), {
      fallbacks: { 'a/one': ['b/two'] },
    });
    const stop = new AbortController();
    const reply = service.models.call('a/one', saying('Hello', { signal: stop.signal }).call);
    await until(() => first.requests.length === 1);
    stop.abort();
    await expect(reply).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(second.requests).toEqual([]);
  });

  it('of a model with an odd name are none', async () => {
    const { service } = openService({ models: { fallbacks: { x: ['scripted/echo'] } } });
    await expect(failureOf(service.models.call('constructor', saying('Hello').call))).resolves.toMatchObject({
      status: 404,
    });
  });
});

describe('names', () => {
  it('that are unknown are told with the nearest', async () => {
    const { service } = openService({ models: { providers: { openai: at('http://127.0.0.1:1') } } });
    const missing = (name: string) => failureOf(service.models.call(name, saying('Hello').call));
    await expect(missing('opnai/gpt-5')).resolves.toMatchObject({ status: 404, hint: 'Did you mean openai/gpt-5?' });
    await expect(missing('openai')).resolves.toMatchObject({ hint: 'Write openai/NAME.' });
    await expect(missing('zzz/x')).resolves.toMatchObject({
      hint: 'A model is named PROVIDER/NAME; there are the providers scripted, openai.',
    });
  });
});

describe('budgets', () => {
  it('of a run end it at the call after the one that used it up; another run goes on', async () => {
    const server = await fakeUpstream(playChat({ text: 'x', usage: { input: 60, output: 50 } }));
    const { service } = openService({
      models: { providers: { p: at(server.origin) }, budgets: { run: { tokens: 100 } } },
    });
    const call = (run: string) => service.models.call('p/m', saying('Hello', { run }).call);
    await call('a');
    await expect(failureOf(call('a'))).resolves.toMatchObject({
      status: 429,
      hint: 'It is set in atelier.json at models.budgets.run.tokens.',
    });
    await call('b');
    expect(server.requests).toHaveLength(2);
    expect(service.state().today).toMatchObject({ calls: 3, inputTokens: 120, outputTokens: 100 });
  });
});

describe('state', () => {
  it('says how each secret stands, and what is under way', async () => {
    const server = await fakeUpstream(() => new Promise(() => undefined));
    const providers = {
      a: at(server.origin, { secret: 'KEY', limits: { concurrency: 1 } }),
      b: at(server.origin, { secret: 'OTHER' }),
      c: at(server.origin),
    };
    const secrets = secretsOf({ KEY: { values: ['k'], origin: server.origin } });
    const { service } = openService({ models: { providers }, secrets });
    const stop = new AbortController();
    const calls = [1, 2].map(() => service.models.call('a/m', saying('Hello', { signal: stop.signal }).call));
    await until(() => server.requests.length === 1 && service.state().providers[0]?.waiting === 1);
    const { providers: states } = service.state();
    expect(states.map(({ name, secret, inFlight, waiting }) => [name, secret, inFlight, waiting])).toEqual([
      ['a', 'ready', 1, 1],
      ['b', 'missing', 0, 0],
      ['c', undefined, 0, 0],
    ]);
    stop.abort();
    const ended = await Promise.allSettled(calls);
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(service.state().providers[0]).toMatchObject({ inFlight: 0, waiting: 0 });
  });
});

describe('upstreams', () => {
  it('are given to the gateway by name, in the order of the file', async () => {
    const server = await fakeUpstream(() => ({ body: 'raw' }));
    const { service } = openService({ models: { providers: { z: at(server.origin), a: at(server.origin) } } });
    expect(service.list().map(({ name, dialect }) => [name, dialect])).toEqual([
      ['z', 'openai'],
      ['a', 'openai'],
    ]);
    const upstream = service.get('z');
    if (upstream === undefined) throw new Error('It should be there.');
    await expect(textOf(await upstream.send(ask()))).resolves.toBe('raw');
    expect(service.get('scripted')).toBeUndefined();
  });
});

describe('dialects', () => {
  it('are the provider’s, and the limit of an answer is called as others than OpenAI call it', async () => {
    const server = await fakeUpstream(({ path }) =>
      path === '/v1/messages' ? playJson(messagesAnswer({ text: 'x' })) : playJson(chatAnswer({ text: 'x' })),
    );
    const { service } = openService({
      models: { providers: { a: at(server.origin, { dialect: 'anthropic' }), b: at(server.origin) } },
    });
    const { call } = saying('Hello', { parameters: { maxTokens: 5 } });
    await service.models.call('a/m', call);
    await service.models.call('b/m', call);
    expect(
      server.requests.map(({ path, body }) => [path, (JSON.parse(body) as { max_tokens: number }).max_tokens]),
    ).toEqual([
      ['/v1/messages', 5],
      ['/v1/chat/completions', 5],
    ]);
  });
});
