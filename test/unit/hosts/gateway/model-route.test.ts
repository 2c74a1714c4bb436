// Which provider answers, from where, and what a key may use.
import { expect, it, vi } from 'vitest';
import type { KeySettings } from '#contract/gateway';
import type { Lookup } from '#engine/gateway/recorder';
import { openGateway } from '#test/gateway';
import { ask, ok, twoProviders, upstreamOf } from '#test/model-route';
import { maskingRedactor } from '#test/redaction';
import { type Played, type PlayedRequest } from '#test/upstream/fake-upstream';

it('finds the provider by the name of the model, by the key, by the dialect', async () => {
  const { gateway, openai, second, anthropic } = await twoProviders();
  const models = (upstream: { readonly requests: readonly PlayedRequest[] }): string[] =>
    upstream.requests.map(({ path, body }) => `${path} ${(JSON.parse(body) as { model?: string }).model ?? '-'}`);
  await ask(gateway, '/v1/chat/completions', { model: 'gpt' });
  await ask(gateway, '/v1/chat/completions', { model: 'second/gpt' });
  await ask(gateway, '/v1/chat/completions', { model: 'meta/llama' });
  await ask(gateway, '/v1/responses', {});
  await ask(gateway, '/v1/responses', { model: 'gpt' }, { key: gateway.key({ provider: 'second' }) });
  await ask(gateway, '/v1/embeddings', { model: 'openai/embed' }, { key: gateway.key({ provider: 'second' }) });
  await ask(gateway, '/v1/messages', { model: 'claude' });
  await ask(gateway, '/v1/messages?beta=true', { model: 'anthropic/claude' });
  await ask(gateway, '/v1/messages/count_tokens', { model: 'claude' });
  expect(models(openai)).toEqual([
    '/v1/chat/completions gpt',
    '/v1/chat/completions meta/llama',
    '/v1/responses -',
    '/v1/embeddings embed',
  ]);
  expect(models(second)).toEqual(['/v1/chat/completions gpt', '/v1/responses gpt']);
  expect(models(anthropic)).toEqual([
    '/v1/messages claude',
    '/v1/messages?beta=true claude',
    '/v1/messages/count_tokens claude',
  ]);
  expect(gateway.left.map(({ cause }) => `${cause.purpose} ${cause.model ?? '-'}`)).toContain('embeddings embed');
  expect(gateway.told.map(({ asked }) => `${asked.dialect} ${asked.provider} ${asked.model ?? '-'}`)).toEqual([
    'openai-chat openai gpt',
    'openai-chat second gpt',
    'openai-chat openai meta/llama',
    'openai-responses openai -',
    'openai-responses second gpt',
    'openai-embeddings openai embed',
    'anthropic anthropic claude',
    'anthropic anthropic claude',
  ]);
  // By either name it is the same request.
  expect(gateway.told[1]?.asked.body).toEqual({ model: 'gpt' });
});

it('says what can be done where nobody answers', async () => {
  const alone = await openGateway({ providers: {} });
  const chat = await ask(alone, '/v1/chat/completions', { model: 'opena/gpt' });
  expect([chat.status, ((await chat.json()) as { error: { message: string } }).error.message]).toEqual([
    404,
    'The model "opena/gpt" names no provider, and there is none that speaks the dialect of this path. ' +
      'Name the model as PROVIDER/NAME (there are: scripted), or add a provider under Models in Atelier.',
  ]);
  const messages = await ask(alone, '/v1/messages', { model: 'claude' });
  expect(messages.status).toBe(404);
  expect(await messages.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
  const { gateway } = await twoProviders();
  expect((await ask(gateway, '/v1/chat/completions', { model: 'second/' })).status).toBe(400);
  expect((await ask(gateway, '/v1/embeddings', { model: 'anthropic/x' })).status).toBe(404);
  expect((await ask(gateway, '/v1/embeddings', { model: 'scripted/x' })).status).toBe(404);
  expect(
    (await ask(gateway, '/v1/chat/completions', { model: 'x' }, { key: gateway.key({ provider: 'gone' }) })).status,
  ).toBe(404);
});

it('lists models as the client reads them, and knows each by a name with slashes', async () => {
  const upstream = await upstreamOf();
  const gateway = await openGateway({
    providers: {
      up: { url: `${upstream.origin}/v1`, models: ['gpt-x', 'org/llama'] },
      bare: { url: `${upstream.origin}/v1` },
    },
  });
  const key = gateway.key();
  const get = async (path: string, headers: Record<string, string> = {}): Promise<unknown> =>
    (await fetch(`${gateway.server.address}${path}`, { headers: { 'x-api-key': key, ...headers } })).json();
  const ids = ['up/gpt-x', 'up/org/llama', 'scripted/triage', 'scripted/echo'];
  expect(await get('/v1/models')).toEqual({
    object: 'list',
    data: ids.map((id) => ({ id, object: 'model', created: 0, owned_by: id.split('/')[0] })),
  });
  expect(await get('/v1/models?limit=1000', { 'anthropic-version': '2023-06-01' })).toMatchObject({
    data: ids.map((id) => ({ type: 'model', id })),
    has_more: false,
    first_id: 'up/gpt-x',
    last_id: 'scripted/echo',
  });
  expect(await get('/v1/models/up%2Forg%2Fllama')).toMatchObject({ id: 'up/org/llama', object: 'model' });
  expect(await get('/v1/models/up/org/llama')).toMatchObject({ id: 'up/org/llama' });
  expect(await get('/v1/models/up/gpt')).toMatchObject({ error: { message: expect.stringContaining('up/gpt-x') } });
  expect(upstream.requests).toEqual([]);
});

it('holds a key to its limits, and says when to come again', async () => {
  const upstream = await upstreamOf(() => new Promise<Played>((resolve) => setTimeout(() => resolve(ok), 50)));
  const gateway = await openGateway({ providers: { up: upstream.origin } });
  const limited = async (settings: Partial<KeySettings>, count: number): Promise<Response[]> => {
    const key = gateway.key(settings);
    return Promise.all(
      Array.from({ length: count }, () => ask(gateway, '/v1/chat/completions', { model: 'm' }, { key })),
    );
  };
  const atOnce = await limited({ limits: { concurrency: 2 } }, 5);
  expect(atOnce.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 200, 429, 429, 429]);
  const inMinute = await limited({ limits: { requestsPerMinute: 3 } }, 5);
  expect(inMinute.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 200, 200, 429, 429]);
  const refused = inMinute.find(({ status }) => status === 429);
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(50);
  expect(await refused?.json()).toMatchObject({ error: { type: 'rate_limit_error' } });
  // Places are given back.
  const key = gateway.key({ limits: { concurrency: 1 } });
  for (let n = 0; n < 3; n += 1) {
    expect((await ask(gateway, '/v1/chat/completions', { model: 'm' }, { key })).status).toBe(200);
  }
  expect(upstream.requests).toHaveLength(8);
});

it('counts the tokens that an answer says it used', async () => {
  const upstream = await upstreamOf(() => ({
    headers: [['content-type', 'text/event-stream']],
    body: [
      'data: {"type":"message_start","message":{"usage":{"input_tokens":4000,"output_tokens":1}}}\n\n',
      'data: {"usage":{"output_tokens":900}}\n\n',
    ],
  }));
  const gateway = await openGateway({ providers: { up: { dialect: 'anthropic', url: `${upstream.origin}/v1` } } });
  const key = gateway.key({ limits: { tokensPerMinute: 5000 } });
  expect(
    await (await ask(gateway, '/v1/messages', { model: 'm', stream: true, max_tokens: 10 }, { key })).text(),
  ).toContain('900');
  const second = await ask(gateway, '/v1/messages', { model: 'm', max_tokens: 200 }, { key });
  expect(second.status).toBe(429);
  expect(await second.json()).toMatchObject({
    type: 'error',
    error: { type: 'rate_limit_error', message: expect.stringContaining('5000 tokens') },
  });
  expect((await ask(gateway, '/v1/messages', { model: 'm', max_tokens: 50 }, { key })).status).toBe(200);
});

it('answers from a record where the key says so, and otherwise says what is nearest', async () => {
  const upstream = await upstreamOf();
  const stream = 'data: 1\n\n'.repeat(10_000);
  const find = (body: unknown): Lookup => {
    const { model } = body as { model: string };
    if (model === 'gone') {
      return {
        kind: 'miss',
        sentence: 'Nothing recorded answers this.',
        hint: 'Record it first.',
        nearest: { differs: 'x' },
      };
    }
    return {
      kind: 'hit',
      status: model === 'refused' ? 429 : 200,
      headers: [
        ['X-Request-ID', 'req_1'],
        ['content-type', model === 'stream' ? 'text/event-stream' : 'application/json'],
        ['Content-Length', '999'],
        ['x-atelier-trace', 'old'],
      ],
      body: Buffer.from(model === 'stream' ? stream : '{"recorded":true}'),
    };
  };
  const gateway = await openGateway({ providers: { up: upstream.origin }, find: ({ body }) => find(body) });
  const replay = gateway.key({ mode: 'replay' });
  const hit = await ask(gateway, '/v1/chat/completions', { model: 'm' }, { key: replay });
  expect([hit.status, await hit.text(), hit.headers.get('x-atelier-from'), hit.headers.get('x-request-id')]).toEqual([
    200,
    '{"recorded":true}',
    'record',
    'req_1',
  ]);
  expect(hit.headers.get('x-atelier-trace')).toBe('trace-1');
  const streamed = await ask(gateway, '/v1/chat/completions', { model: 'stream', stream: true }, { key: replay });
  expect(await streamed.text()).toBe(stream);
  expect((await ask(gateway, '/v1/chat/completions', { model: 'refused' }, { key: replay })).status).toBe(429);
  const miss = await ask(gateway, '/v1/chat/completions', { model: 'gone' }, { key: replay });
  expect([miss.status, miss.headers.get('x-should-retry'), await miss.json()]).toEqual([
    404,
    'false',
    {
      error: {
        message: 'Nothing recorded answers this. Record it first.',
        type: 'not_found_error',
        param: null,
        code: null,
      },
      hint: 'Record it first.',
      nearest: { differs: 'x' },
    },
  ]);
  expect((await ask(gateway, '/v1/completions', { model: 'm' }, { key: replay })).status).toBe(404);
  expect(upstream.requests).toEqual([]);
  const live = gateway.key({ mode: 'replay-then-live' });
  expect(
    (await ask(gateway, '/v1/chat/completions', { model: 'm' }, { key: live })).headers.get('x-atelier-from'),
  ).toBe('record');
  const asked = await ask(gateway, '/v1/chat/completions', { model: 'gone' }, { key: live });
  expect([await asked.text(), asked.headers.get('x-atelier-from')]).toEqual(['{"ok":true}', null]);
  expect(upstream.requests).toHaveLength(1);
  expect(gateway.told.map(({ answered }) => [answered?.state, answered?.from, answered?.status])).toEqual([
    ['done', 'record', 200],
    ['done', 'record', 200],
    ['failed', 'record', 429],
    ['failed', 'record', 404],
    ['done', 'record', 200],
    ['done', 'upstream', 200],
  ]);
});

it('keeps nothing of a secret in the record of a call that is no conversation', async () => {
  const secret = 'k7Vq-9zL_pQ2xWm4Rt8sYb1n';
  const { gateway } = await twoProviders({ route: { redactor: maskingRedactor([secret]) } });
  const answer = await ask(gateway, `/v1/responses/${secret}/cancel`, { model: `openai/${secret}` });
  await answer.text();
  await vi.waitFor(() => expect(gateway.store.calls.list({}, 10)).toHaveLength(1));
  const [call] = gateway.store.calls.list({}, 10);
  expect(JSON.stringify(call)).not.toContain(secret);
  expect(call?.endpoint).toContain('‹masked›');
});
