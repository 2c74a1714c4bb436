// OpenAI's own client where things go wrong: errors, retries, cut connections, and a client that goes away.
import OpenAI from 'openai';
import { describe, expect, test, vi } from 'vitest';
import { cutAfter, endAfter, errorAfter } from '#test/upstream/quirks';
import { playJson, playStream } from '#test/upstream/said';
import { chatAnswer, chatStream, chatStreamError, openaiError, playChat } from '#test/upstream/wire-openai';
import { playResponses, responsesFailed, responsesStreamError } from '#test/upstream/wire-responses';
import type { Piece, Played } from '#test/upstream/fake-upstream';
import { allOf, answerHeaders, bothWays, openWorld, settled, waitingFor, type Play, type Way } from './two-ways.ts';
import { knowing, question } from './weather.ts';

function client({ origin, apiKey }: Way, more: Partial<ConstructorParameters<typeof OpenAI>[0]> = {}): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0, ...more });
}

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }];
const asked = { model: 'gpt-5-mini', messages };

describe('an error of the provider is the client’s own class of error', () => {
  test.each([
    [400, 'BadRequestError', openaiError('No such parameter.', 'invalid_request_error', 'unknown_parameter')],
    [
      401,
      'AuthenticationError',
      openaiError('Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key'),
    ],
    [403, 'PermissionDeniedError', openaiError('Country not supported.', 'request_forbidden')],
    [404, 'NotFoundError', openaiError('The model does not exist.', 'invalid_request_error', 'model_not_found')],
    [409, 'ConflictError', openaiError('Busy.')],
    [422, 'UnprocessableEntityError', openaiError('Cannot.')],
    [429, 'RateLimitError', openaiError('Rate limit reached.', 'tokens', 'rate_limit_exceeded')],
    [500, 'InternalServerError', openaiError('The server had an error.', 'server_error')],
    [503, 'InternalServerError', { detail: 'not in the usual form' }],
  ] as const)('%i', async (status, name, body) => {
    const { outcome, calls } = await bothWays(
      () => () =>
        playJson(body, status, [
          ['x-request-id', 'req_9'],
          ['x-should-retry', 'false'],
        ]),
      async (way) => {
        const whole = client(way).chat.completions.create(asked);
        const streamed = client(way).chat.completions.create({ ...asked, stream: true });
        const headers = await whole.catch((error: InstanceType<typeof OpenAI.APIError>) =>
          answerHeaders(error.headers ?? new Headers()),
        );
        return [await settled(whole), await settled(streamed), headers];
      },
    );
    expect(outcome[0]).toMatchObject({ class: name, status, requestID: 'req_9' });
    expect(calls.map(({ state, status: told }) => [state, told])).toEqual([
      ['failed', status],
      ['failed', status],
    ]);
  });

  test('a page of a proxy in between, and nothing at all', async () => {
    const { outcome } = await bothWays(
      () => {
        let asks = 0;
        return () => {
          asks += 1;
          return asks === 1
            ? { status: 502, headers: [['content-type', 'text/html']], body: '<html><h1>502 Bad Gateway</h1></html>' }
            : { status: 504, body: '' };
        };
      },
      async (way) => [
        await settled(client(way).chat.completions.create(asked)),
        await settled(client(way).chat.completions.create(asked)),
      ],
    );
    expect(outcome[0]).toMatchObject({ class: 'InternalServerError', status: 502 });
  });
});

describe('the client tries again by itself, and each try is a call of its own', () => {
  test.each([
    ['retry-after-ms', '5'],
    ['retry-after', '0.01'],
    ['retry-after', new Date(0).toUTCString()],
  ])('as %s: %s says', async (header, value) => {
    const { outcome, calls, requests } = await bothWays(
      () => {
        const answers: Played[] = [
          playJson(openaiError('Slow down.', 'tokens'), 429, [[header, value]]),
          playJson(openaiError('Oh.', 'server_error'), 500, [[header, value]]),
          playJson(chatAnswer(knowing)),
        ];
        return () => answers.shift() ?? { status: 418, body: '' };
      },
      (way) => client(way, { maxRetries: 2 }).chat.completions.create(asked),
    );
    expect(outcome.choices[0]?.message.content).toBe('Both are warm.');
    expect(calls.map(({ status }) => status)).toEqual([429, 500, 200]);
    const count = (at: number): string | undefined =>
      requests[at]?.headers.find(([name]) => name === 'x-stainless-retry-count')?.[1];
    expect([count(0), count(1), count(2)]).toEqual(['0', '1', '2']);
  });
});

describe('a stream that goes wrong', () => {
  const pieces = chatStream(knowing);
  test.each<[string, readonly Piece[], object]>([
    ['an error amid it', errorAfter(pieces, 2, chatStreamError), { class: 'APIError' }],
    ['cut off', cutAfter(pieces, 3), { name: expect.any(String) as string }],
    ['cut off within an event', [...pieces.slice(0, 2), (pieces[2] ?? '').slice(0, 20), { cut: true }], {}],
    ['ended too soon', endAfter(pieces, 3), {}],
    ['no JSON', [...pieces.slice(0, 2), 'data: {"id":\n\n'], { class: 'SyntaxError' }],
    ['cut off before its first piece', [{ cut: true }], {}],
  ])('%s', async (_, body, told) => {
    const { outcome, calls } = await bothWays(
      () => () => playStream(body),
      async (way) => {
        const heard: unknown[] = [];
        const read = async (): Promise<void> => {
          for await (const chunk of await client(way).chat.completions.create({ ...asked, stream: true }))
            heard.push(chunk);
        };
        return { end: await settled(read()), heard };
      },
    );
    expect(outcome.end).toMatchObject(told);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.problem ?? '').not.toBe('');
  });

  test('as responses tell it', async () => {
    const { outcome, calls } = await bothWays(
      () => {
        const ends = [responsesStreamError, responsesFailed('Out of memory.')];
        return (request) => {
          const error = ends.shift() ?? '';
          return playResponses(knowing, (all) => errorAfter(all, 4, error))(request);
        };
      },
      async (way) => {
        const read = async () =>
          allOf(await client(way).responses.create({ model: 'gpt-5-mini', input: question, stream: true }));
        return [await settled(read()), await settled(read())];
      },
    );
    expect(outcome).toHaveLength(2);
    expect(calls.map(({ problem }) => problem)).toEqual([
      'The server had an error while processing your request.',
      'Out of memory.',
    ]);
  });
});

test('a provider that is not there is the gateway’s 502, which the client tries again', async () => {
  const world = await openWorld(playChat(knowing));
  await world.upstream.close();
  const told = await settled(client(world.way(), { maxRetries: 1 }).chat.completions.create(asked));
  expect(told).toMatchObject({ class: 'InternalServerError', status: 502 });
  expect((await world.calls()).map(({ state, status }) => [state, status])).toEqual([
    ['failed', 502],
    ['failed', 502],
  ]);
});

describe('a client that goes away', () => {
  const endless =
    (): Play =>
    ({ gone }) => ({
      headers: [['content-type', 'text/event-stream']],
      body: (async function* (): AsyncGenerator<Piece> {
        for (const piece of chatStream(knowing).slice(0, 3)) yield piece;
        await new Promise<void>((resolve) => gone.addEventListener('abort', () => resolve()));
      })(),
    });

  test.each(['leaves the loop', 'aborts'])('amid a stream: %s', async (how) => {
    const world = await openWorld(endless());
    const stopping = new AbortController();
    const stream = await client(world.way()).chat.completions.create(
      { ...asked, stream: true },
      { signal: stopping.signal },
    );
    let heard = '';
    const read = async (): Promise<void> => {
      for await (const { choices } of stream) {
        heard += choices[0]?.delta.content ?? '';
        if (heard !== 'Both are') continue;
        if (how === 'leaves the loop') break;
        stopping.abort();
      }
    };
    expect(await settled(read())).toEqual({ value: undefined });
    await vi.waitFor(() => expect(world.upstream.requests[0]?.gone.aborted).toBe(true), waitingFor);
    const [call] = await world.calls();
    expect(call).toMatchObject({ state: 'cancelled', status: 200 });
    expect(world.store.traces.get(call?.traceId ?? '')?.summary.error).toMatch(/client went away/);
    expect(world.failures).toEqual([]);
  });

  test('at the last word of a stream, whose bytes go on: it is recorded as it was heard', async () => {
    const world = await openWorld(({ gone }) => {
      return playStream(
        (async function* () {
          yield* chatStream({ text: 'Both are mild.' });
          await new Promise<void>((resolve) => gone.addEventListener('abort', () => resolve()));
        })(),
      );
    });
    const stream = await client(world.way()).chat.completions.create({ ...asked, stream: true });
    let heard = '';
    for await (const { choices } of stream) heard += choices[0]?.delta.content ?? '';
    expect(heard).toBe('Both are mild.');
    await vi.waitFor(() => expect(world.upstream.requests[0]?.gone.aborted).toBe(true), waitingFor);
    const [call] = await world.calls();
    expect(call).toMatchObject({ state: 'done', status: 200 });
    const summary = world.store.traces.get(call?.traceId ?? '')?.summary;
    expect(summary?.error).toBeUndefined();
    expect(world.store.turns.get(summary?.leaf ?? '')?.message).toMatchObject({
      role: 'assistant',
      content: [{ type: 'text', text: 'Both are mild.' }],
    });
  });

  test('before anything was answered', async () => {
    const world = await openWorld(async ({ gone }) => {
      await new Promise<void>((resolve) => gone.addEventListener('abort', () => resolve()));
      return playJson({});
    });
    const stopping = new AbortController();
    const asking = settled(client(world.way()).chat.completions.create(asked, { signal: stopping.signal }));
    await vi.waitFor(() => expect(world.upstream.requests).toHaveLength(1), waitingFor);
    stopping.abort();
    expect(await asking).toMatchObject({ class: 'APIUserAbortError' });
    await vi.waitFor(() => expect(world.upstream.requests[0]?.gone.aborted).toBe(true), waitingFor);
    expect(await world.calls()).toMatchObject([{ state: 'cancelled' }]);
  });

  test('by its own patience', async () => {
    const world = await openWorld(async ({ gone }) => {
      await new Promise<void>((resolve) => gone.addEventListener('abort', () => resolve()));
      return playJson({});
    });
    const told = await settled(client(world.way(), { timeout: 200 }).chat.completions.create(asked));
    expect(told).toMatchObject({ class: 'APIConnectionTimeoutError' });
    await vi.waitFor(() => expect(world.upstream.requests.at(-1)?.gone.aborted ?? true).toBe(true), waitingFor);
  });
});

describe('what the gateway itself refuses is an error that the client understands', () => {
  test('a key that is none, that was revoked, that is not for this', async () => {
    const world = await openWorld(playChat(knowing));
    const way = world.way();
    const { origin } = way;
    const ask = (apiKey: string) => settled(client({ origin, apiKey }).chat.completions.create(asked));
    expect(await ask('sk-not-of-here')).toMatchObject({ class: 'AuthenticationError', status: 401 });
    for (const { id } of world.doors.gateway.state().keys) world.doors.gateway.revokeKey(id);
    expect(await ask(way.apiKey)).toMatchObject({ class: 'AuthenticationError', status: 401 });
    const other = world.way({ scopes: ['telemetry'] });
    expect(await ask(other.apiKey)).toMatchObject({
      class: 'PermissionDeniedError',
      message: expect.stringMatching(/needs the scope "models"/) as string,
    });
    expect(world.upstream.requests).toEqual([]);
  });

  test('over its limit: 429 that says when', async () => {
    const world = await openWorld(playChat(knowing));
    const one = client(world.way({ limits: { requestsPerMinute: 1 } }));
    await one.chat.completions.create(asked);
    const told = await one.chat.completions.create(asked).then(
      () => undefined,
      (error: InstanceType<typeof OpenAI.RateLimitError>) => error,
    );
    expect(told).toBeInstanceOf(OpenAI.RateLimitError);
    expect(Number(told?.headers?.get('retry-after'))).toBeGreaterThan(0);
    expect(world.upstream.requests).toHaveLength(1);
  });

  test('a locked vault', async () => {
    const world = await openWorld(playChat(knowing));
    world.doors.vault().lock();
    const told = await settled(client(world.way()).chat.completions.create(asked));
    expect(told).toMatchObject({ status: 401, message: expect.stringMatching(/locked/i) as string });
    expect(world.upstream.requests).toEqual([]);
  });
});
