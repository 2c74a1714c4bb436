// Models over real HTTP in every dialect: what is asked, what comes back as it is said, what it cost, and what went wrong in whose words.
import { describe, expect, it } from 'vitest';
import type { ProviderSettings } from '#contract/model';
import type { Message } from '#contract/turn';
import { VaultRedactor } from '#engine/vault/redactor';
import { cutAfter, endAfter, errorAfter, harmless } from '#test/upstream/quirks';
import { playJson, type Said } from '#test/upstream/said';
import type { Played, PlayedRequest } from '#test/upstream/fake-upstream';
import { anthropicError, messagesAnswer, messagesStreamError, playMessages } from '#test/upstream/wire-anthropic';
import { chatAnswer, chatStreamError, openaiError, playChat } from '#test/upstream/wire-openai';
import { playResponses, responsesAnswer } from '#test/upstream/wire-responses';
import { failureOf, fakeUpstream, noWaiting, openService, saying, secretsOf, until } from './model-world.ts';

type Change = (pieces: readonly string[]) => readonly (string | Uint8Array)[];

const dialects = [
  { name: 'chat', settings: { dialect: 'openai' }, path: '/v1/chat/completions', play: playChat, whole: chatAnswer },
  {
    name: 'responses',
    settings: { dialect: 'openai', api: 'responses' },
    path: '/v1/responses',
    play: playResponses,
    whole: responsesAnswer,
  },
  {
    name: 'messages',
    settings: { dialect: 'anthropic' },
    path: '/v1/messages',
    play: playMessages,
    whole: messagesAnswer,
  },
] as const;

const said: Said = {
  model: 'small-2026-01-01',
  reasoning: 'They greet me.',
  text: 'Good day to you — ça va?',
  usage: { input: 1000, output: 500, cached: 200 },
};

async function open(dialect: (typeof dialects)[number], change?: Change, more: Partial<Said> = {}) {
  const server = await fakeUpstream(dialect.play({ ...said, ...more }, change));
  const provider = { ...dialect.settings, url: `${server.origin}/v1` };
  const prices = { models: { 'p/small': { input: 1, output: 10, cachedInput: 0.5 } } };
  return { server, ...openService({ models: { providers: { p: provider } }, prices, timing: noWaiting() }) };
}

describe.each(dialects)('$name', (dialect) => {
  it('answers as it is said, with usage and cost, on record for its run', async () => {
    const { service, server, store, asked } = await open(dialect);
    const { call, said: heard } = saying('Hello', { run: 'r1', parameters: { temperature: 0.5, maxTokens: 800 } });
    const reply = await service.models.call('p/small', call);
    expect(heard).toEqual({ text: said.text, reasoning: said.reasoning });
    expect(reply.message.content.filter(({ type }) => type !== 'other')).toEqual([
      { type: 'reasoning', text: said.reasoning },
      { type: 'text', text: said.text },
    ]);
    expect(reply).toMatchObject({ stop: 'end', model: said.model });
    // 800 in full, 200 from the cache at half the price, 500 said.
    expect(reply.usage).toEqual({ inputTokens: 1000, outputTokens: 500, costUsd: expect.closeTo(0.0059, 9) as number });
    const [request] = server.requests;
    expect(request?.path).toBe(dialect.path);
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ model: 'small', stream: true, temperature: 0.5 });
    expect(asked[0]?.cause).toEqual({ purpose: 'model', model: 'small', run: 'r1' });
    const [record] = store.calls.list({ run: 'r1' }, 10);
    expect(record).toMatchObject({
      key: '',
      run: 'r1',
      provider: 'p',
      model: 'small',
      state: 'done',
      status: 200,
      inputTokens: 1000,
      outputTokens: 500,
      cachedTokens: 200,
      costUsd: expect.closeTo(0.0059, 9) as number,
    });
    expect(record?.firstByteMs).toBeLessThanOrEqual(record?.ms ?? -1);
  });

  it.each(Object.entries(harmless))('reads a stream %s', async (_how, change) => {
    const { service } = await open(dialect, change);
    const { call, said: heard } = saying('Hello');
    await service.models.call('p/small', call);
    expect(heard.text).toBe(said.text);
  });

  it('reads an answer that does not stream', async () => {
    const server = await fakeUpstream(() => playJson(dialect.whole(said)));
    const { service } = openService({
      models: { providers: { p: { ...dialect.settings, url: `${server.origin}/v1` } } },
    });
    const { call, said: heard } = saying('Hello');
    const reply = await service.models.call('p/small', call);
    expect(heard).toEqual({ text: said.text, reasoning: said.reasoning });
    expect(reply.usage).toMatchObject({ inputTokens: 1000, outputTokens: 500 });
  });

  it('asks again where an answer broke off before anything was told', async () => {
    let count = 0;
    const server = await fakeUpstream((request) =>
      dialect.play(said, (pieces) => (++count < 3 ? cutAfter(pieces, 1) : pieces))(request),
    );
    const provider = { ...dialect.settings, url: `${server.origin}/v1` };
    const { service } = openService({ models: { providers: { p: provider } }, timing: noWaiting() });
    const { call, said: heard } = saying('Hello');
    await service.models.call('p/small', call);
    expect(heard.text).toBe(said.text);
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    ['the connection breaks', cutAfter],
    ['it just ends', endAfter],
  ])('asks nobody again once something was told, where %s; what was said is counted', async (_how, change) => {
    const { service, server, store } = await open(dialect, (pieces) => change(pieces, pieces.length - 3) as string[]);
    const { call, said: heard } = saying('Hello');
    await failureOf(service.models.call('p/small', call));
    expect(heard.text.length).toBeGreaterThan(0);
    expect(server.requests).toHaveLength(1);
    const [record] = store.calls.list({}, 10);
    expect(record).toMatchObject({ state: 'failed' });
    expect(record?.inputTokens).toBeGreaterThan(0);
    expect(record?.outputTokens).toBeGreaterThan(0);
  });

  it('stops when it is cancelled, and the server hears of it', async () => {
    const server = await fakeUpstream((request) => {
      const { body } = dialect.play(said)(request);
      return {
        headers: [['content-type', 'text/event-stream']],
        body: (async function* () {
          const pieces = typeof body === 'string' ? [body] : (body as string[]);
          yield* pieces.slice(0, -4);
          await new Promise((resolve) => request.gone.addEventListener('abort', resolve));
        })(),
      };
    });
    const { service, store } = openService({
      models: { providers: { p: { ...dialect.settings, url: `${server.origin}/v1` } } },
    });
    const stop = new AbortController();
    const { call, said: heard } = saying('Hello', { signal: stop.signal });
    const reply = service.models.call('p/small', call);
    await until(() => heard.text !== '');
    stop.abort();
    await expect(reply).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    await until(() => server.requests[0]?.gone.aborted === true);
    expect(store.calls.list({}, 1)[0]).toMatchObject({ state: 'cancelled' });
  });

  it('does not wait for a connection that stays open once all is said', async () => {
    let goOn = (): void => undefined;
    const released = new Promise<void>((resolve) => (goOn = resolve));
    const server = await fakeUpstream((request) => {
      const { body, ...head } = dialect.play(said)(request);
      return {
        ...head,
        body: (async function* () {
          yield* body as string[];
          await released;
        })(),
      };
    });
    const { service } = openService({
      models: { providers: { p: { ...dialect.settings, url: `${server.origin}/v1` } } },
    });
    const reply = await service.models.call('p/small', saying('Hello').call);
    goOn();
    expect(reply.stop).toBe('end');
  });
});

describe('tools', () => {
  it.each(dialects)('are called in parallel ($name)', async (dialect) => {
    const calls = [
      { name: 'find', arguments: { id: 1 } },
      { name: 'find', arguments: { id: 2 } },
    ];
    const server = await fakeUpstream(dialect.play({ calls }));
    const { service } = openService({
      models: { providers: { p: { ...dialect.settings, url: `${server.origin}/v1` } } },
    });
    const reply = await service.models.call('p/small', saying('Find both').call);
    expect(reply.stop).toBe('tools');
    expect(reply.message.toolCalls).toEqual(calls);
  });

  it('bring back what ties their reasoning to the provider', async () => {
    const answers: Said[] = [
      { reasoning: 'I must look.', signature: 'sig-1', calls: [{ name: 'find', arguments: {} }] },
      { text: 'There.' },
    ];
    const server = await fakeUpstream((request) => playMessages(answers.shift() ?? {})(request));
    const { service } = openService({
      models: { providers: { p: { dialect: 'anthropic', url: `${server.origin}/v1` } } },
    });
    const { call } = saying('Find it', { parameters: { reasoning: 2000, maxTokens: 4000 } });
    const { message } = await service.models.call('p/small', call);
    const result: Message = { role: 'tool', call: 0, content: [{ type: 'text', text: 'found' }] };
    await service.models.call('p/small', { ...call, messages: [...call.messages, message, result] });
    expect(server.requests[1]?.body).toContain('sig-1');
  });
});

describe('errors', () => {
  const key = 'sk-test-0123456789abcdefghij';
  const answers =
    (given: Played): ((request: PlayedRequest) => Played) =>
    () =>
      given;

  async function refused(given: Played, more: Partial<ProviderSettings> = {}) {
    const redactor = new VaultRedactor(() => Buffer.alloc(32));
    redactor.know('KEY', key);
    const server = await fakeUpstream(answers(given));
    const secrets = secretsOf({ KEY: { values: [key], origin: server.origin } });
    const provider: ProviderSettings = {
      dialect: 'openai',
      url: `${server.origin}/v1`,
      models: ['gpt-4o'],
      tries: 1,
      ...more,
    };
    const { service, store } = openService({ models: { providers: { p: provider } }, secrets, redactor });
    const error = await failureOf(service.models.call('p/gpt-4p', saying('Hello').call));
    return { error, store };
  }

  it('are told in the provider’s words, with the key that it echoes masked', async () => {
    const { error, store } = await refused(playJson(openaiError(`Incorrect API key provided: ${key}`), 401), {
      secret: 'KEY',
    });
    expect(error.status).toBe(401);
    expect(error.message).toBe('p answered 401: Incorrect API key provided: ‹secret KEY›.');
    expect(error.hint).toBe('It was sent the secret KEY. Is that still valid, and for this model?');
    expect(JSON.stringify(store.calls.list({}, 10))).not.toContain(key);
    expect(store.calls.list({}, 1)[0]).toMatchObject({ state: 'failed', status: 401, problem: error.message });
  });

  it('have what only looks like a key masked, too', async () => {
    const other = `sk-proj-${'aB3dE5gH'.repeat(6)}`;
    const { error } = await refused(playJson(openaiError(`Incorrect API key provided: ${other}`), 401));
    expect(error.message).toContain('Incorrect API key provided: ‹key sk-');
    expect(error.message).not.toContain(other);
    const event = `data: ${JSON.stringify(openaiError(`Not for ${other}`))}\n\n`;
    const inStream = await refused({ body: [event] });
    expect(inStream.error.message).toContain('Not for ‹key sk-');
    expect(JSON.stringify(inStream.store.calls.list({}, 10))).not.toContain(other);
  });

  it('in a stream end its exchange, though the server would go on', async () => {
    const event = `data: ${JSON.stringify(openaiError('Broken'))}\n\n`;
    const server = await fakeUpstream(() => ({ body: [event, 20_000, event] }));
    const provider: ProviderSettings = { dialect: 'openai', url: `${server.origin}/v1`, tries: 1 };
    const { service } = openService({ models: { providers: { p: provider } } });
    await failureOf(service.models.call('p/m', saying('Hello').call));
    expect(service.state().providers[0]?.inFlight).toBe(0);
    await until(() => server.requests[0]?.gone.aborted === true);
  });

  it('are masked where they come in the stream, too', async () => {
    const event = `data: ${JSON.stringify(openaiError(`No quota left for ${key}`))}\n\n`;
    const { error } = await refused({ body: [event] });
    expect(error.message).toContain('No quota left for ‹secret KEY›');
  });

  it.each([
    [401, {}, 'No secret is sent to it. Put its key into the vault'],
    [404, {}, 'Did you mean p/gpt-4o?'],
    [404, { models: [] }, 'Is there a model "gpt-4p" there'],
    [429, {}, 'How much it is asked at once can be limited'],
  ])('of status %i have a hint', async (status, more, hint) => {
    const { error } = await refused(playJson(openaiError('No'), status), more);
    expect(error).toMatchObject({ status, hint: expect.stringContaining(hint) as string });
  });

  it('say when it may be asked again', async () => {
    const { error } = await refused(playJson(openaiError('Slow down'), 429, [['retry-after', '90']]));
    expect(error).toMatchObject({ hint: 'It may be asked again in 90 s.', retryAfterMs: 90_000 });
  });

  it.each([
    ['a page', { status: 502, body: '<html>Bad gateway</html>' }, 'p answered 502: <html>Bad gateway</html>.'],
    ['nothing', { status: 500, body: '' }, 'p answered 500: Played.'],
    [
      'a redirect',
      { status: 302, headers: [['location', 'https://elsewhere.test/']], body: '' },
      'p answered 302: a redirect to https://elsewhere.test/, which is not followed.',
    ],
  ] as const)('are said where the answer is %s', async (_what, given, sentence) => {
    const { error } = await refused(given);
    expect(error.message).toBe(sentence);
  });

  it.each([
    [
      'a page for people',
      { headers: [['content-type', 'text/html']], body: '<html>Log in</html>' },
      /no JSON; it begins with/u,
    ],
    ['an empty answer', { body: '' }, /./u],
    ['JSON that is no answer', { body: '{"hello":1}' }, /./u],
    ['a list', { body: '[]' }, /./u],
  ] as const)('are said where 200 brings %s', async (_what, given, sentence) => {
    const { error } = await refused(given);
    expect(error.message).toMatch(sentence);
  });

  it.each([
    ['chat', dialects[0], chatStreamError],
    ['messages', dialects[2], messagesStreamError],
  ] as const)('in the stream before any text are tried again (%s)', async (_name, dialect, event) => {
    let count = 0;
    const server = await fakeUpstream((request) =>
      dialect.play(said, (pieces) => (++count < 2 ? errorAfter(pieces, 1, event) : pieces))(request),
    );
    const provider = { ...dialect.settings, url: `${server.origin}/v1` };
    const { service } = openService({ models: { providers: { p: provider } }, timing: noWaiting() });
    const { call, said: heard } = saying('Hello');
    await service.models.call('p/small', call);
    expect(heard.text).toBe(said.text);
  });

  it('name a parameter that is unknown before anything is sent', async () => {
    const { service, server } = await open(dialects[0]);
    const { call } = saying('Hello', { parameters: { temprature: 1 } });
    await expect(failureOf(service.models.call('p/small', call))).resolves.toMatchObject({
      status: 400,
      hint: 'Did you mean "temperature"?',
    });
    expect(server.requests).toEqual([]);
  });

  it('of Anthropic are read in its form', async () => {
    const { error } = await refused(playJson(anthropicError('max_tokens: too large'), 400), { dialect: 'anthropic' });
    expect(error.message).toBe('p answered 400: max_tokens: too large.');
  });
});
