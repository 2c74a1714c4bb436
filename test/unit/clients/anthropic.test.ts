// Anthropic's own client: the same through the gateway as without it, and recorded.
import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, test, vi } from 'vitest';
import { traceDetail } from '#engine/trace/detail';
import type { Piece, Played } from '#test/upstream/fake-upstream';
import { cutAfter, endAfter, errorAfter, harmless } from '#test/upstream/quirks';
import { playJson, playStream, type Said } from '#test/upstream/said';
import {
  anthropicError,
  messagesAnswer,
  messagesStream,
  messagesStreamError,
  playMessages,
} from '#test/upstream/wire-anthropic';
import {
  allOf,
  answerHeaders,
  bothWays,
  openWorld,
  realKey,
  settled,
  waitingFor,
  type Play,
  type Way,
} from './two-ways.ts';
import { asking, instructions, knowing, parameters, question, saidTo, weatherIn } from './weather.ts';

const thinking: Said = { ...asking, reasoning: 'It is about weather.' };
const play = (): Play => (request) => {
  const said = saidTo(request);
  return playMessages(said === asking ? thinking : said)(request);
};
const always = (said: Said, change?: Parameters<typeof playMessages>[1]) => (): Play => playMessages(said, change);

function client({ origin, apiKey }: Way, more: { readonly maxRetries?: number } = {}): Anthropic {
  return new Anthropic({ baseURL: origin, apiKey, maxRetries: 0, ...more });
}

const tools: Anthropic.Tool[] = [
  {
    name: 'get_weather',
    description: 'Current weather',
    input_schema: { ...parameters, required: [...parameters.required] },
    cache_control: { type: 'ephemeral' },
  },
];
const common = {
  model: 'claude-x',
  max_tokens: 2000,
  system: [{ type: 'text' as const, text: instructions, cache_control: { type: 'ephemeral' as const } }],
  tools,
};
const user = { role: 'user' as const, content: question };

test('an answer at once, with what its head says', async () => {
  const { outcome, requests, calls } = await bothWays(always(knowing), async (way) => {
    const { data, response, request_id } = await client(way)
      .messages.create(
        { ...common, messages: [user], metadata: { user_id: 'u' }, stop_sequences: ['END'] },
        { headers: { 'anthropic-beta': 'context-1m-2025-08-07' } },
      )
      .withResponse();
    return { data, request_id, headers: answerHeaders(response.headers) };
  });
  expect(outcome.data.content).toEqual([{ type: 'text', text: 'Both are warm.' }]);
  expect(outcome.request_id).toBe('req_011CQ8mZ3wfKp6yQvW5t');
  expect(requests[0]?.headers).toEqual(
    expect.arrayContaining([
      ['anthropic-version', '2026-10-21'],
      ['authorization', `Bearer ${realKey}`],
      ['anthropic-beta', 'context-1m-2025-08-07'],
    ]),
  );
  expect(calls).toMatchObject([{ endpoint: 'POST /v1/messages', provider: 'anthropic', inputTokens: 40 }]);
});

test('the key goes as the client sent it: a header of its own, and as older clients do', async () => {
  const { requests } = await bothWays(always(knowing), async (way) => {
    const given = { ...common, messages: [user] };
    // Without `authorization`, as a client is told to that is to send X-Api-Key.
    const headers = { 'X-Api-Key': way.apiKey, Authorization: null };
    await client(way).messages.create(given, { headers });
    await client(way).messages.create(given, { headers: { ...headers, 'anthropic-version': '2023-06-01' } });
  });
  for (const { headers } of requests) {
    expect(headers).toContainEqual(['x-api-key', realKey]);
    expect(headers.some(([name]) => name === 'authorization')).toBe(false);
  }
});

test('a token for a version in which keys are no tokens goes as the key that it stands for', async () => {
  const world = await openWorld(playMessages(knowing));
  const { origin, apiKey } = world.way();
  const one = new Anthropic({ baseURL: origin, authToken: apiKey, apiKey: null, maxRetries: 0 });
  await one.messages.create({ ...common, messages: [user] }, { headers: { 'anthropic-version': '2023-06-01' } });
  expect(world.upstream.requests[0]?.headers).toContainEqual(['x-api-key', realKey]);
});

test('a system message amid the others is one of the conversation', async () => {
  const { calls, world } = await bothWays(always(knowing), (way) =>
    client(way).messages.create({
      ...common,
      messages: [user, { role: 'assistant', content: 'Where?' }, { role: 'system', content: 'Be brief.' }, user],
    }),
  );
  const { path } = traceDetail(world.store, calls[0]?.traceId ?? '');
  expect(path.map(({ message: { role } }) => role)).toEqual([
    'context',
    'user',
    'assistant',
    'system',
    'user',
    'assistant',
  ]);
});

test('thinking, two tool calls at once and their results, in one conversation', async () => {
  const { outcome, calls, world } = await bothWays(play, async (way) => {
    const given = { ...common, thinking: { type: 'enabled' as const, budget_tokens: 1024 } };
    const first = await client(way).messages.create({ ...given, messages: [user] });
    const content = first.content.flatMap((block) =>
      block.type === 'tool_use'
        ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: weatherIn(block.input) }]
        : [],
    );
    const messages = [user, { role: 'assistant' as const, content: first.content }, { role: 'user' as const, content }];
    return [first, await client(way).messages.create({ ...given, messages })];
  });
  expect(outcome[0]?.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use', 'tool_use']);
  expect(outcome[1]?.content).toMatchObject([{ text: 'Both are warm.' }]);
  expect(new Set(calls.map(({ traceId }) => traceId)).size).toBe(1);
  const { path, trace } = traceDetail(world.store, calls[0]?.traceId ?? '');
  expect(path.map(({ message: { role } }) => role)).toEqual([
    'context',
    'user',
    'assistant',
    'tool',
    'tool',
    'assistant',
  ]);
  expect(trace).toMatchObject({ spanCount: 2, inputTokens: 61, outputTokens: 13 });
});

test('the runner of tools goes round by itself, streamed and not', async () => {
  const { outcome, calls } = await bothWays(play, async (way) => {
    const runnable = { ...tools[0], name: 'get_weather', parse: (given: unknown) => given, run: weatherIn };
    const given = { ...common, messages: [user], tools: [runnable as never] };
    const whole = await client(way).beta.messages.toolRunner(given);
    const streams: unknown[] = [];
    for await (const stream of client(way).beta.messages.toolRunner({ ...given, stream: true }))
      streams.push(await stream.finalMessage());
    return [whole, ...streams];
  });
  expect(outcome).toHaveLength(3);
  expect(outcome[0]).toMatchObject({ content: [{ text: 'Both are warm.' }] });
  expect(outcome[2]).toMatchObject({ content: [{ text: 'Both are warm.' }] });
  expect(calls).toHaveLength(4);
});

test('tokens are counted by the provider, which is a call and no conversation', async () => {
  const { outcome, calls } = await bothWays(
    () => () => playJson({ input_tokens: 2095 }),
    (way) => client(way).messages.countTokens({ ...common, messages: [user] }),
  );
  expect(outcome).toMatchObject({ input_tokens: 2095 });
  expect(calls).toMatchObject([{ endpoint: 'POST /v1/messages/count_tokens', state: 'done' }]);
  expect(calls[0]?.traceId).toBeUndefined();
});

describe('a stream', () => {
  test.each(Object.entries(harmless))('%s', async (_, change) => {
    const { outcome } = await bothWays(always(thinking, change), async (way) => {
      const stream = client(way).messages.stream({ ...common, messages: [user] });
      const events: unknown[] = [];
      stream.on('streamEvent', (event) => events.push(structuredClone(event)));
      return { final: await stream.finalMessage(), events };
    });
    expect(outcome.final.content).toEqual(messagesAnswer(thinking)['content']);
    expect(outcome.events.length).toBeGreaterThan(20);
  });

  const pieces = messagesStream(knowing);
  test.each<[string, readonly Piece[]]>([
    ['with an error amid it', errorAfter(pieces, 4, messagesStreamError)],
    ['cut off', cutAfter(pieces, 5)],
    ['cut off within an event', [...pieces.slice(0, 3), (pieces[3] ?? '').slice(0, 30), { cut: true }]],
    ['ended too soon', endAfter(pieces, 5)],
  ])('%s', async (_, body) => {
    const { outcome, calls } = await bothWays(
      () => () => playStream(body),
      async (way) => {
        const events: unknown[] = [];
        const stream = client(way).messages.stream({ ...common, messages: [user] });
        stream.on('streamEvent', (event) => events.push(structuredClone(event)));
        const end = await settled(stream.finalMessage());
        const raw = await client(way).messages.create({ ...common, messages: [user], stream: true });
        return { end, events, raw: await settled(allOf(raw)) };
      },
    );
    expect(outcome.end).toMatchObject({ message: expect.any(String) as string });
    expect(calls).toHaveLength(2);
    for (const { problem } of calls) expect(problem ?? '').not.toBe('');
  });
});

describe('an error of the provider is the client’s own class of error', () => {
  test.each([
    [400, 'BadRequestError', 'invalid_request_error'],
    [401, 'AuthenticationError', 'authentication_error'],
    [403, 'PermissionDeniedError', 'permission_error'],
    [404, 'NotFoundError', 'not_found_error'],
    [413, 'ContentTooLargeError', 'request_too_large'],
    [429, 'RateLimitError', 'rate_limit_error'],
    [500, 'InternalServerError', 'api_error'],
    [529, 'OverloadedError', 'overloaded_error'],
  ] as const)('%i', async (status, name, type) => {
    const { outcome } = await bothWays(
      () => () => playJson(anthropicError(`It is ${type}.`, type), status, [['request-id', 'req_7']]),
      async (way) => [
        await settled(client(way).messages.create({ ...common, messages: [user] })),
        await settled(client(way).messages.create({ ...common, messages: [user], stream: true })),
      ],
    );
    expect(outcome[0]).toMatchObject({ class: name, status, requestID: 'req_7', error: { error: { type } } });
  });

  test('retries are the client’s, and each is a call', async () => {
    const { calls } = await bothWays(
      () => {
        const answers: Played[] = [
          playJson(anthropicError('Slow down.', 'rate_limit_error'), 429, [['retry-after', '0.01']]),
          playJson(anthropicError('Overloaded', 'overloaded_error'), 529, [['retry-after-ms', '3']]),
        ];
        return () => answers.shift() ?? playJson(messagesAnswer(knowing));
      },
      (way) => client(way, { maxRetries: 2 }).messages.create({ ...common, messages: [user] }),
    );
    expect(calls.map(({ status }) => status)).toEqual([429, 529, 200]);
  });

  test('what the gateway refuses is told in the dialect', async () => {
    const world = await openWorld(playMessages(knowing));
    const { origin } = world.way();
    const refused = client({ origin, apiKey: 'sk-ant-not-of-here' }).messages.create({ ...common, messages: [user] });
    expect(await settled(refused)).toMatchObject({
      class: 'AuthenticationError',
      error: { type: 'error', error: { type: 'authentication_error' } },
    });
  });
});

test('a client that aborts lets the provider go', async () => {
  const world = await openWorld(({ gone }) => ({
    headers: [['content-type', 'text/event-stream']],
    body: (async function* (): AsyncGenerator<Piece> {
      for (const piece of messagesStream(knowing).slice(0, 4)) yield piece;
      await new Promise<void>((resolve) => gone.addEventListener('abort', () => resolve()));
    })(),
  }));
  const stream = client(world.way()).messages.stream({ ...common, messages: [user] });
  stream.on('text', () => stream.abort());
  expect(await settled(stream.finalMessage())).toMatchObject({ class: 'APIUserAbortError' });
  await vi.waitFor(() => expect(world.upstream.requests[0]?.gone.aborted).toBe(true), waitingFor);
  expect(await world.calls()).toMatchObject([{ state: 'cancelled' }]);
});

test('the list of models, in the form that this client reads', async () => {
  const world = await openWorld(() => playJson({}), { models: ['claude-sonnet-4-5'] });
  const models = await allOf(client(world.way()).models.list());
  expect(models.map(({ id }) => id)).toContain('anthropic/claude-sonnet-4-5');
  expect(world.upstream.requests).toEqual([]);
});
