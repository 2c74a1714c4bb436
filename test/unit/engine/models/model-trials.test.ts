// Models of a workspace tried out: what a provider offers, a call to try one, servers found on this machine.
import { describe, expect, it } from 'vitest';
import type { ProviderSettings, TrialEvent } from '#contract/model';
import { playJson } from '#test/upstream/said';
import { openaiError, playChat } from '#test/upstream/wire-openai';
import { fakeUpstream, openService, until } from './model-world.ts';

function at(origin: string, more: Partial<ProviderSettings> = {}): ProviderSettings {
  return { dialect: 'openai', url: `${origin}/v1`, ...more };
}

async function says(text: string) {
  return fakeUpstream(playChat({ text }));
}

describe('offered', () => {
  it('are the models that the provider names', async () => {
    const server = await fakeUpstream(({ path }) =>
      path === '/v1/models'
        ? playJson({ object: 'list', data: [{ id: 'b', owned_by: 'x' }, { id: 'a' }] })
        : path === '/v1/models?limit=1000'
          ? playJson({ data: [{ type: 'model', id: 'claude-x', display_name: 'X' }], has_more: false })
          : playJson(openaiError('No'), 404),
    );
    const { service, asked } = openService({
      models: { providers: { p: at(server.origin), a: at(server.origin, { dialect: 'anthropic' }) } },
    });
    await expect(service.offered('p')).resolves.toEqual(['b', 'a']);
    await expect(service.offered('a')).resolves.toEqual(['claude-x']);
    expect(asked.map(({ cause }) => cause.purpose)).toEqual(['models-list', 'models-list']);
    await expect(service.offered('q')).rejects.toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('fail in the provider’s words', async () => {
    const server = await fakeUpstream(() => playJson(openaiError('Wrong key'), 401));
    const { service } = openService({ models: { providers: { p: at(server.origin) } } });
    await expect(service.offered('p')).rejects.toThrow(
      expect.objectContaining({ code: 'REFUSED', message: 'p answered 401: Wrong key.' }),
    );
  });
});

describe('try', () => {
  async function eventsOf(events: AsyncIterable<TrialEvent>): Promise<TrialEvent[]> {
    const all: TrialEvent[] = [];
    for await (const event of events) all.push(event);
    return all;
  }

  function sentenceIn(event: TrialEvent | void): string | undefined {
    return event?.type === 'failed' ? event.sentence : undefined;
  }

  it('tells a call as it goes, and ends', async () => {
    const server = await fakeUpstream(playChat({ text: 'Good day', model: 'm-1', usage: { input: 3, output: 2 } }));
    const { service } = openService({ models: { providers: { p: at(server.origin) } } });
    const events = await eventsOf(service.try('p/m', 'Hello'));
    expect(events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('')).toBe('Good day');
    expect(events.at(-1)).toMatchObject({
      type: 'done',
      model: 'm-1',
      stop: 'end',
      inputTokens: 3,
      outputTokens: 2,
      costUsd: 0,
    });
  });

  it('ends with why it failed, and asks no fallback', async () => {
    const [down, up] = [await fakeUpstream(() => playJson(openaiError('No such key'), 401)), await says('up')];
    const { service } = openService({
      models: { providers: { p: at(down.origin), q: at(up.origin) }, fallbacks: { 'p/m': ['q/m'] } },
    });
    await expect(eventsOf(service.try('p/m', 'Hello'))).resolves.toMatchObject([
      { type: 'failed', sentence: 'p answered 401: No such key.', hint: expect.stringContaining('secret') as string },
    ]);
    expect(up.requests).toEqual([]);
    await expect(eventsOf(service.try('zzz/m', 'Hello'))).resolves.toMatchObject([{ type: 'failed' }]);
  });

  it.each(['leaving it', 'its signal'])('is cancelled by %s, and the server hears of it', async (how) => {
    const server = await fakeUpstream(() => new Promise(() => undefined));
    const { service } = openService({ models: { providers: { p: at(server.origin) } } });
    const stop = new AbortController();
    const events = service.try('p/m', 'Hello', stop.signal);
    const next = events.next();
    await until(() => server.requests.length === 1);
    if (how === 'its signal') stop.abort();
    else void events.return();
    await until(() => server.requests[0]?.gone.aborted === true);
    expect(['It was cancelled.', undefined]).toContain(sentenceIn((await next).value));
  });
});

describe('discover', () => {
  const list = (owned_by: string, ids = ['a', 'b']) =>
    playJson({ object: 'list', data: ids.map((id) => ({ id, object: 'model', owned_by })) });
  const portOf = ({ origin }: { readonly origin: string }): number => Number(new URL(origin).port);

  it('finds what runs on the usual ports, tells the kinds apart and suggests names that are free', async () => {
    const ollama = await fakeUpstream(({ path }) =>
      path === '/v1/models'
        ? list('library')
        : path === '/api/version'
          ? playJson({ version: '0.9' })
          : playJson({}, 404),
    );
    const studio = await fakeUpstream(({ path }) =>
      path === '/v1/models'
        ? list('organization_owner')
        : path === '/api/v0/models'
          ? playJson({ object: 'list', data: [{ id: 'a', compatibility_type: 'gguf' }] })
          : playJson({ error: 'Unexpected endpoint' }),
    );
    const llama = await fakeUpstream(({ path }) =>
      path === '/v1/models'
        ? list('me')
        : path === '/props'
          ? playJson({ default_generation_settings: {} })
          : playJson({}, 404),
    );
    const [vllm, more] = [await fakeUpstream(() => list('vllm')), await fakeUpstream(() => list('vllm', ['c']))];
    const other = await fakeUpstream(({ path }) => (path === '/v1/models' ? list('me', ['x']) : playJson({}, 404)));
    const page = await fakeUpstream(() => ({ body: '<html>A site under construction</html>' }));
    const mute = await fakeUpstream(() => new Promise(() => undefined));
    const gone = await fakeUpstream(() => ({ body: '' }));
    await gone.close();
    const known = await fakeUpstream(() => list('vllm'));
    const servers = [ollama, studio, llama, vllm, more, other, page, mute, gone, known];
    const { service, asked } = openService({
      models: { providers: { vllm: at(known.origin.replace('127.0.0.1', 'localhost')) } },
      ports: servers.map((server) => ({ kind: 'vllm', port: portOf(server) })),
    });
    await expect(service.discover()).resolves.toEqual([
      { kind: 'ollama', url: `${ollama.origin}/v1`, models: ['a', 'b'], suggested: 'ollama' },
      { kind: 'lm-studio', url: `${studio.origin}/v1`, models: ['a', 'b'], suggested: 'lm-studio' },
      { kind: 'llama.cpp', url: `${llama.origin}/v1`, models: ['a', 'b'], suggested: 'llama-cpp' },
      { kind: 'vllm', url: `${vllm.origin}/v1`, models: ['a', 'b'], suggested: 'vllm-2' },
      { kind: 'vllm', url: `${more.origin}/v1`, models: ['c'], suggested: 'vllm-3' },
      { kind: 'unknown', url: `${other.origin}/v1`, models: ['x'], suggested: 'local' },
    ]);
    expect(known.requests).toEqual([]);
    expect(new Set(asked.map(({ cause }) => cause.purpose))).toEqual(new Set(['discovery']));
    expect(asked.every(({ headers }) => !JSON.stringify(headers).toLowerCase().includes('authorization'))).toBe(true);
  });

  it('says where offline mode holds it back', async () => {
    const server = await fakeUpstream(() => list('vllm'));
    const { service, egress } = openService({ models: {}, ports: [{ kind: 'vllm', port: portOf(server) }] });
    await egress.setAllowed([]);
    await egress.setOffline(true);
    await expect(service.discover()).rejects.toThrow(expect.objectContaining({ code: 'REFUSED' }));
    expect(server.received).toBe(0);
  });
});
