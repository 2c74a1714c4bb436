// Scripted models and providers of another dialect, asked by clients of each.
import { expect, it, vi } from 'vitest';
import { wireOf } from '#engine/models/wire/wires';
import { openGateway } from '#test/gateway';
import { ask, scripted, upstreamOf } from '#test/model-route';

it('serves the scripted models in every dialect, streamed or not', async () => {
  const model = scripted('{ "rules": [{ "reply": { "text": "Hello {{last}}", "reasoning": "Hm." } }] }');
  const gateway = await openGateway({ models: [model], wire: (dialect) => wireOf(dialect) });
  const chat = await ask(gateway, '/v1/chat/completions', {
    model: 'scripted/shop',
    messages: [{ role: 'user', content: 'you' }],
    metadata: { a: 'b' },
  });
  expect(chat.headers.get('x-atelier-not-carried')).toBe('metadata');
  expect(await chat.json()).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { content: 'Hello you' } }],
  });
  const messages = await ask(
    gateway,
    '/v1/messages',
    { model: 'shop', max_tokens: 10, messages: [{ role: 'user', content: 'you' }], stream: true },
    { key: gateway.key({ provider: 'scripted' }) },
  );
  expect(messages.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const text = await messages.text();
  expect(text).toContain('event: message_start');
  expect(text).toContain('Hello you');
  expect(text).toContain('event: message_stop');
  const responses = await ask(gateway, '/v1/responses', { model: 'scripted/shop', input: 'you' });
  expect(await responses.json()).toMatchObject({ object: 'response', status: 'completed' });
  const refused = await ask(gateway, '/v1/chat/completions', {
    model: 'scripted/shop',
    messages: [{ role: 'user', content: 'you' }],
    n: 3,
    logit_bias: { 1: 2 },
  });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({
    error: { message: expect.stringMatching(/no place for: .*n.*logit_bias|logit_bias.*n/u) },
  });
  const unknown = await ask(gateway, '/v1/chat/completions', {
    model: 'scripted/shopp',
    messages: [{ role: 'user', content: 'x' }],
  });
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({
    error: { message: expect.stringContaining('Did you mean scripted/shop?') },
  });
  expect(gateway.told.map(({ asked, answered }) => [asked.provider, asked.model, answered?.state])).toEqual([
    ['scripted', 'shop', 'done'],
    ['scripted', 'shop', 'done'],
    ['scripted', 'shop', 'done'],
    ['scripted', 'shop', 'failed'],
    ['scripted', 'shopp', 'failed'],
  ]);
});

it('asks a provider of another dialect once, and writes its answer back, calls of tools and all', async () => {
  const anthropic = await upstreamOf((request) => {
    const { stream, model } = JSON.parse(request.body) as { stream: boolean; model: string };
    if (model === 'busy') {
      return {
        status: 529,
        headers: [
          ['content-type', 'application/json'],
          ['retry-after', '3'],
        ],
        body: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      };
    }
    const event = (type: string, more: object): string =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
    if (!stream) {
      return {
        headers: [['content-type', 'application/json']],
        body: JSON.stringify({
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model,
          stop_reason: 'tool_use',
          stop_sequence: null,
          content: [
            { type: 'text', text: 'Let me see.' },
            { type: 'tool_use', id: 'toolu_7', name: 'look', input: { at: 1 } },
          ],
          usage: { input_tokens: 5, output_tokens: 6 },
        }),
      };
    }
    return {
      headers: [['content-type', 'text/event-stream']],
      body: [
        event('message_start', {
          message: {
            id: 'msg_1',
            type: 'message',
            role: 'assistant',
            model,
            content: [],
            stop_reason: null,
            stop_sequence: null,
            usage: { input_tokens: 5, output_tokens: 1 },
          },
        }),
        event('content_block_start', {
          index: 0,
          content_block: { type: 'tool_use', id: 'toolu_7', name: 'look', input: {} },
        }),
        event('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: '{"at"' } }),
        event('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: ':1}' } }),
        event('content_block_stop', { index: 0 }),
        event('message_delta', {
          delta: { stop_reason: 'tool_use', stop_sequence: null },
          usage: { output_tokens: 6 },
        }),
        event('message_stop', {}),
      ],
    };
  });
  const gateway = await openGateway({
    providers: { anthropic: { dialect: 'anthropic', url: `${anthropic.origin}/v1` } },
    wire: (dialect) => wireOf(dialect),
  });
  const request = {
    model: 'anthropic/claude',
    max_completion_tokens: 100,
    messages: [{ role: 'user', content: 'look' }],
    tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }],
  };
  const whole = (await (await ask(gateway, '/v1/chat/completions', request)).json()) as {
    choices: { message: { tool_calls: unknown }; finish_reason: string }[];
    usage: unknown;
  };
  expect(whole.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: 'Let me see.',
      tool_calls: [{ id: 'toolu_7', function: { name: 'look', arguments: '{"at":1}' } }],
    },
  });
  expect(whole.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 6 });
  const streamed = await (await ask(gateway, '/v1/chat/completions', { ...request, stream: true })).text();
  expect(streamed).toContain('toolu_7');
  expect(streamed).toContain(JSON.stringify('{"at"').slice(1, -1));
  expect(streamed.endsWith('data: [DONE]\n\n')).toBe(true);
  const busy = await ask(gateway, '/v1/chat/completions', { ...request, model: 'anthropic/busy' });
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([529, '3']);
  expect(await busy.json()).toMatchObject({
    error: { message: expect.stringContaining('Overloaded'), type: 'server_error' },
  });
  expect(anthropic.requests.map(({ path }) => path)).toEqual(['/v1/messages', '/v1/messages', '/v1/messages']);
  expect(anthropic.requests[0]?.body).toContain('"model":"claude"');
  // The recorder knows these calls; nothing else writes them down.
  expect(gateway.store.calls.list({}, 10)).toEqual([]);
  expect(gateway.left.map(({ cause }) => cause.purpose)).toEqual(['gateway', 'gateway', 'gateway']);
});

it('tells an error in the stream where its head has gone out, and lets go when the client leaves', async () => {
  const gone = vi.fn<() => void>();
  const anthropic = await upstreamOf((request) => {
    request.gone.addEventListener('abort', gone);
    const event = (type: string, more: object): string =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
    const begin = [
      event('message_start', {
        message: {
          id: 'm',
          type: 'message',
          role: 'assistant',
          model: 'x',
          content: [],
          usage: { input_tokens: 5, output_tokens: 1 },
        },
      }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Half' } }),
    ];
    const isLong = request.body.includes('"long"');
    return {
      headers: [['content-type', 'text/event-stream']],
      body: [
        ...begin,
        ...(isLong ? [100_000] : [event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })]),
      ],
    };
  });
  const gateway = await openGateway({
    providers: { anthropic: { dialect: 'anthropic', url: `${anthropic.origin}/v1` } },
    wire: (dialect) => wireOf(dialect),
  });
  const messages = [{ role: 'user', content: 'x' }];
  const failed = await (
    await ask(gateway, '/v1/chat/completions', { model: 'anthropic/x', stream: true, messages })
  ).text();
  expect(failed).toContain('Half');
  expect(failed).toContain('Overloaded');
  expect(failed).not.toContain('[DONE]');
  const leave = new AbortController();
  const long = await ask(
    gateway,
    '/v1/chat/completions',
    { model: 'anthropic/long', stream: true, messages },
    { signal: leave.signal },
  );
  await long.body?.getReader().read();
  leave.abort();
  await vi.waitFor(() => expect(gone).toHaveBeenCalled(), 10_000);
  await vi.waitFor(
    () => expect(gateway.told.map(({ answered }) => answered?.state)).toEqual(['failed', 'cancelled']),
    10_000,
  );
  expect(gateway.failures).toEqual([]);
});
