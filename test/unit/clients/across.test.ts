// A client of one dialect before a provider of another, and before the scripted model: the same words and tool calls, refusals by name.
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { playJson } from '#test/upstream/said';
import { anthropicError, playMessages } from '#test/upstream/wire-anthropic';
import { openaiError, playChat } from '#test/upstream/wire-openai';
import { allOf, openWorld, settled, type Play, type Way, type World } from './two-ways.ts';
import { asking, instructions, member, parameters, question, saidTo, weatherIn } from './weather.ts';

/** Answers each dialect in its own. */
const play: Play = (request) => {
  const said = saidTo(request);
  return request.path === '/v1/messages' ? playMessages(said)(request) : playChat(said)(request);
};

interface Told {
  readonly texts: readonly string[];
  readonly calls: readonly unknown[];
  readonly ends: readonly (string | null | undefined)[];
}

type Program = (way: Way, model: string) => Promise<Told>;

const openaiTools: OpenAI.ChatCompletionFunctionTool[] = [
  { type: 'function', function: { name: 'get_weather', description: 'Current weather', parameters } },
];

function chatProgram(stream: boolean): Program {
  return async ({ origin, apiKey }, model) => {
    const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'system', content: instructions },
      { role: 'user', content: question },
    ];
    const told = { texts: [] as string[], calls: [] as unknown[], ends: [] as string[] };
    for (let turns = 0; turns < 4; turns += 1) {
      const given = { model, messages, tools: openaiTools };
      const { choices } = stream
        ? await client.chat.completions.stream(given).finalChatCompletion()
        : await client.chat.completions.create(given);
      const [choice] = choices;
      if (choice === undefined) throw new Error('There is no choice.');
      const { message } = choice;
      told.texts.push(message.content ?? '');
      told.ends.push(choice.finish_reason);
      messages.push(message);
      const calls = (message.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? [call] : []));
      if (calls.length === 0) break;
      for (const call of calls) {
        const input: unknown = JSON.parse(call.function.arguments);
        told.calls.push(input);
        messages.push({ role: 'tool', tool_call_id: call.id, content: weatherIn(input) });
      }
    }
    return told;
  };
}

function responsesProgram(stream: boolean): Program {
  return async ({ origin, apiKey }, model) => {
    const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: question }];
    const tools = [{ type: 'function' as const, name: 'get_weather', parameters, strict: false }];
    const told = { texts: [] as string[], calls: [] as unknown[], ends: [] as string[] };
    for (let turns = 0; turns < 4; turns += 1) {
      const given = { model, instructions, input, tools };
      const response = stream
        ? await client.responses.stream(given).finalResponse()
        : await client.responses.create(given);
      told.texts.push(response.output_text);
      input.push(...(response.output as OpenAI.Responses.ResponseInput));
      const calls = response.output.flatMap((item) => (item.type === 'function_call' ? [item] : []));
      told.ends.push(calls.length === 0 ? 'stop' : 'tool_calls');
      if (calls.length === 0) break;
      for (const call of calls) {
        const given: unknown = JSON.parse(call.arguments);
        told.calls.push(given);
        input.push({ type: 'function_call_output', call_id: call.call_id, output: weatherIn(given) });
      }
    }
    return told;
  };
}

function messagesProgram(stream: boolean): Program {
  return async ({ origin, apiKey }, model) => {
    const client = new Anthropic({ baseURL: origin, apiKey, maxRetries: 0 });
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: question }];
    const tools: Anthropic.Tool[] = [
      {
        name: 'get_weather',
        description: 'Current weather',
        input_schema: { ...parameters, required: ['city', 'note'] },
      },
    ];
    const told = { texts: [] as string[], calls: [] as unknown[], ends: [] as (string | null)[] };
    for (let turns = 0; turns < 4; turns += 1) {
      const given = { model, max_tokens: 500, system: instructions, messages, tools };
      const answer = stream ? await client.messages.stream(given).finalMessage() : await client.messages.create(given);
      told.texts.push(answer.content.map((block) => (block.type === 'text' ? block.text : '')).join(''));
      told.ends.push(answer.stop_reason === 'tool_use' ? 'tool_calls' : 'stop');
      const calls = answer.content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
      if (calls.length === 0) break;
      told.calls.push(...calls.map(({ input }) => input));
      messages.push(
        { role: 'assistant', content: answer.content },
        {
          role: 'user',
          content: calls.map((call) => ({
            type: 'tool_result',
            tool_use_id: call.id,
            content: weatherIn(call.input),
          })),
        },
      );
    }
    return told;
  };
}

const expected: Told = {
  texts: [asking.text ?? '', 'Both are warm.'],
  calls: (asking.calls ?? []).map((call) => call.arguments),
  ends: ['tool_calls', 'stop'],
};

const clients = [
  ['OpenAI’s client at chat completions', chatProgram, 'anthropic/claude-x'],
  ['OpenAI’s client at responses', responsesProgram, 'anthropic/claude-x'],
  ['Anthropic’s client', messagesProgram, 'openai/gpt-5-mini'],
] as const;

describe.each(clients)('%s', (_, programOf, model) => {
  test.each([
    ['at once', false],
    ['streamed', true],
  ] as const)('a provider of the other dialect, tools and all: %s', async (_how, stream) => {
    const world = await openWorld(play);
    expect(await programOf(stream)(world.way(), model)).toEqual(expected);
    expect(new Set(world.upstream.requests.map(({ path }) => path))).toEqual(
      new Set([model.startsWith('anthropic') ? '/v1/messages' : '/v1/chat/completions']),
    );
    const calls = await world.calls();
    expect(calls.map(({ state, inputTokens, outputTokens }) => [state, inputTokens, outputTokens])).toEqual([
      ['done', 21, 9],
      ['done', 40, 4],
    ]);
    expect(new Set(calls.map(({ traceId }) => traceId)).size).toBe(1);
    expect(world.failures).toEqual([]);
  });

  test.each([
    ['at once', false],
    ['streamed', true],
  ] as const)('the scripted model, tools and all, with nothing sent: %s', async (_how, stream) => {
    const world = await openWorld(play);
    script(world);
    expect(await programOf(stream)(world.way(), 'scripted/weather')).toEqual(expected);
    expect(world.upstream.requests).toEqual([]);
    expect(world.store.ledger.count()).toBe(0);
    expect((await world.calls()).map(({ state, provider }) => [state, provider])).toEqual([
      ['done', 'scripted'],
      ['done', 'scripted'],
    ]);
  });
});

function script({ folder }: World): void {
  const rules = [
    { when: { role: 'tool' }, reply: { text: 'Both are warm.' } },
    {
      reply: {
        text: asking.text,
        calls: (asking.calls ?? []).map((call) => ({ name: call.name, arguments: call.arguments })),
      },
    },
  ];
  mkdirSync(join(folder, 'models'));
  writeFileSync(join(folder, 'models', 'weather.model.json'), JSON.stringify({ rules }));
}

describe('what the other dialect cannot say is refused by name', () => {
  test('of chat completions, before Anthropic', async () => {
    const world = await openWorld(play);
    const { origin, apiKey } = world.way();
    const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
    const given = { model: 'anthropic/claude-x', messages: [{ role: 'user' as const, content: question }] };
    for (const [name, more] of Object.entries({
      n: { n: 3 },
      logit_bias: { logit_bias: { 5: 1 } },
      modalities: { modalities: ['audio' as const] },
      logprobs: { logprobs: true },
      seed: { seed: 1 },
    })) {
      expect(await settled(client.chat.completions.create({ ...given, ...more }))).toMatchObject({
        class: 'BadRequestError',
        message: expect.stringContaining(name) as string,
      });
    }
    expect(world.upstream.requests).toEqual([]);
    const { response } = await client.chat.completions
      .create({ ...given, metadata: { a: 'b' }, store: true })
      .withResponse();
    expect(response.headers.get('x-atelier-not-carried')).toMatch(/metadata.*store|store.*metadata/u);
  });

  test('of messages, before OpenAI', async () => {
    const world = await openWorld(play);
    const { origin, apiKey } = world.way();
    const client = new Anthropic({ baseURL: origin, apiKey, maxRetries: 0 });
    const given = { model: 'openai/gpt-5-mini', max_tokens: 100, messages: [{ role: 'user' as const, content: 'x' }] };
    for (const [name, more] of Object.entries({
      top_k: { top_k: 5 },
      web_search_20250305: { tools: [{ type: 'web_search_20250305' as const, name: 'web_search' as const }] },
      document: {
        messages: [
          {
            role: 'user' as const,
            content: [
              {
                type: 'document' as const,
                source: { type: 'text' as const, media_type: 'text/plain' as const, data: 'x' },
              },
            ],
          },
        ],
      },
    })) {
      expect(await settled(client.messages.create({ ...given, ...more } as typeof given))).toMatchObject({
        class: 'BadRequestError',
        error: { error: { message: expect.stringContaining(name) as string } },
      });
    }
    expect(world.upstream.requests).toEqual([]);
  });

  test('embeddings have no second dialect', async () => {
    const world = await openWorld(play);
    const { origin, apiKey } = world.way();
    const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
    const told = await settled(client.embeddings.create({ model: 'anthropic/x', input: 'x' }));
    expect(told).toMatchObject({ status: 404, message: expect.stringMatching(/anthropic/u) as string });
  });
});

describe('errors of the other dialect are told in the client’s own', () => {
  test('at once', async () => {
    const world = await openWorld(({ path }) =>
      path === '/v1/messages'
        ? playJson(anthropicError('Slow down.', 'rate_limit_error'), 429, [['retry-after', '7']])
        : playJson(openaiError('No such model.', 'invalid_request_error', 'model_not_found'), 404),
    );
    const { origin, apiKey } = world.way();
    const messages = [{ role: 'user' as const, content: 'x' }];
    const openai = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
    const limited = await openai.chat.completions.create({ model: 'anthropic/claude-x', messages }).then(
      () => undefined,
      (error: InstanceType<typeof OpenAI.RateLimitError>) => error,
    );
    expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
    expect(limited?.message).toContain('Slow down.');
    expect(limited?.headers?.get('retry-after')).toBe('7');
    const anthropic = new Anthropic({ baseURL: origin, apiKey, maxRetries: 0 });
    expect(
      await settled(anthropic.messages.create({ model: 'openai/gpt-5-mini', max_tokens: 5, messages })),
    ).toMatchObject({ class: 'NotFoundError', message: expect.stringContaining('No such model.') as string });
  });

  test('amid a stream', async () => {
    const cut = (pieces: readonly string[]) => [...pieces.slice(0, 4), { cut: true as const }];
    const world = await openWorld((request) =>
      request.path === '/v1/messages' ? playMessages(asking, cut)(request) : playChat(asking, cut)(request),
    );
    const { origin, apiKey } = world.way();
    const messages = [{ role: 'user' as const, content: 'x' }];
    const openai = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
    const chat = await openai.chat.completions.create({ model: 'anthropic/claude-x', messages, stream: true });
    expect(await settled(allOf(chat))).toMatchObject({ class: 'APIError' });
    const anthropic = new Anthropic({ baseURL: origin, apiKey, maxRetries: 0 });
    const given = { model: 'openai/gpt-5-mini', max_tokens: 5, messages };
    expect(await settled(anthropic.messages.stream(given).finalMessage())).toMatchObject({ class: 'APIError' });
    expect((await world.calls()).map(({ state }) => state)).toEqual(['failed', 'failed']);
  });
});

test('the body that reaches the other dialect is one of its own', async () => {
  const world = await openWorld(play);
  await chatProgram(false)(world.way(), 'anthropic/claude-x');
  const [, second] = world.upstream.requests;
  expect(member(second, 'system')).toBeDefined();
  expect(member(second, 'messages')).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: [{ type: 'text' }, { type: 'tool_use' }, { type: 'tool_use' }] },
    { role: 'user', content: [{ type: 'tool_result' }, { type: 'tool_result' }] },
  ]);
});
