// OpenAI's own client at chat completions: the same through the gateway as without it, and recorded.
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { traceDetail } from '#engine/trace/detail';
import type { Piece } from '#test/upstream/fake-upstream';
import type { Said } from '#test/upstream/said';
import { harmless } from '#test/upstream/quirks';
import { chatStream, playChat } from '#test/upstream/wire-openai';
import { allOf, answerHeaders, bothWays, openWorld, type Play, type Way } from './two-ways.ts';
import { asking, instructions, knowing, member, parameters, question, saidTo, weatherIn } from './weather.ts';

const play = (): Play => (request) => playChat(saidTo(request))(request);
const always = (said: Said, change?: Parameters<typeof playChat>[1]) => (): Play => playChat(said, change);

function client({ origin, apiKey }: Way): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
}

const messages: OpenAI.ChatCompletionMessageParam[] = [
  { role: 'system', content: instructions },
  { role: 'user', content: question },
];
const tools: OpenAI.ChatCompletionFunctionTool[] = [
  { type: 'function', function: { name: 'get_weather', description: 'Current weather', parameters, strict: true } },
];
const common = { model: 'gpt-5-mini', messages, tools };

test('an answer at once, with what its head says', async () => {
  const { outcome, calls } = await bothWays(always(knowing), async (way) => {
    const { data, response, request_id } = await client(way)
      .chat.completions.create({ ...common, temperature: 0.25, metadata: { run: '7' }, seed: 5, user: 'ä' })
      .withResponse();
    return { data, request_id, status: response.status, headers: answerHeaders(response.headers) };
  });
  expect(outcome.data.choices[0]?.message.content).toBe('Both are warm.');
  expect(outcome.request_id).toBe('req_8f1c2d3e4b5a69788796a5b4c3d2e1f0');
  expect(calls).toMatchObject([
    {
      endpoint: 'POST /v1/chat/completions',
      model: 'gpt-5-mini',
      provider: 'openai',
      inputTokens: 40,
      outputTokens: 4,
    },
  ]);
});

test('two tool calls at once and their results, in one conversation', async () => {
  const { outcome, requests, calls, world } = await bothWays(play, async (way) => {
    const first = await client(way).chat.completions.create(common);
    const message = first.choices[0]?.message;
    const results = (message?.tool_calls ?? []).map((call) => ({
      role: 'tool' as const,
      tool_call_id: call.id,
      content: weatherIn(JSON.parse(call.type === 'function' ? call.function.arguments : '')),
    }));
    const again = [...messages, ...(message === undefined ? [] : [message]), ...results];
    const second = await client(way).chat.completions.create({ ...common, messages: again });
    return { first, second };
  });
  expect(outcome.first.choices[0]?.message.tool_calls).toHaveLength(2);
  expect(outcome.second.choices[0]?.message.content).toBe('Both are warm.');
  expect(member(requests[1], 'messages')).toHaveLength(5);
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
  expect(path[2]?.message).toMatchObject({ toolCalls: asking.calls });
  expect(trace).toMatchObject({ inputTokens: 61, outputTokens: 13, spanCount: 2 });
});

test('the runner of tools goes round by itself, streamed and not', async () => {
  const { outcome, calls } = await bothWays(play, async (way) => {
    const runnable = [
      {
        type: 'function' as const,
        function: { name: 'get_weather', parameters, parse: JSON.parse, function: weatherIn, description: 'Weather' },
      },
    ];
    const given = { model: 'gpt-5-mini', messages, tools: runnable as never };
    const whole = client(way).chat.completions.runTools(given);
    const streamed = client(way).chat.completions.runTools({ ...given, stream: true });
    const deltas: string[] = [];
    streamed.on('content', (delta) => deltas.push(delta));
    return {
      text: await whole.finalContent(),
      messages: whole.messages,
      usage: await whole.totalUsage(),
      streamed: await streamed.finalContent(),
      again: streamed.messages,
      deltas,
    };
  });
  expect([outcome.text, outcome.streamed]).toEqual(['Both are warm.', 'Both are warm.']);
  expect(outcome.messages).toHaveLength(6);
  expect(calls).toHaveLength(4);
});

describe('a stream', () => {
  test.each(Object.entries(harmless))('%s', async (_, change) => {
    const { outcome } = await bothWays(always({ reasoning: 'Hm.', ...asking }, change), async (way) => {
      const stream = client(way).chat.completions.stream({ ...common, stream_options: { include_usage: true } });
      const chunks: unknown[] = [];
      stream.on('chunk', (chunk) => chunks.push(chunk));
      return { final: await stream.finalChatCompletion(), chunks };
    });
    expect(outcome.final.choices[0]?.message.tool_calls).toHaveLength(2);
    expect(outcome.final.usage?.total_tokens).toBe(30);
    expect(outcome.chunks.length).toBeGreaterThan(15);
  });

  test('whatever is unknown in it arrives', async () => {
    const odd = (pieces: readonly string[]): string[] =>
      pieces.map((piece) => piece.replace('"obfuscation":"aQ3"', '"new_member":{"n":1e2,"deep":[null,"\\u00e9"]}'));
    const { outcome } = await bothWays(always(knowing, odd), async (way) => {
      const stream = await client(way).chat.completions.create({ ...common, stream: true });
      return allOf(stream);
    });
    expect(outcome[0]).toMatchObject({ new_member: { n: 100, deep: [null, 'é'] } });
  });

  test('pieces come as they are played, not at the end', async () => {
    const [first = '', second = '', ...rest] = chatStream(knowing);
    let hear: () => void = () => undefined;
    const heard = new Promise<void>((resolve) => (hear = resolve));
    // What follows is only played once the client has the beginning.
    const pieces = async function* (): AsyncGenerator<Piece> {
      yield first;
      yield second;
      await heard;
      for (const piece of rest) yield piece;
    };
    const world = await openWorld(() => ({ headers: [['content-type', 'text/event-stream']], body: pieces() }));
    const stream = await client(world.way()).chat.completions.create({ ...common, stream: true });
    const texts: string[] = [];
    for await (const { choices } of stream) {
      texts.push(choices[0]?.delta.content ?? '');
      if (texts.length === 2) hear();
    }
    expect(texts.join('')).toBe('Both are warm.');
  });
});

test('an answer that is held to a schema is parsed', async () => {
  const schema = z.object({ city: z.string(), degrees: z.number() });
  const said = { text: '{"city":"Porto","degrees":21.5}' };
  const { outcome } = await bothWays(always(said), async (way) => {
    const response_format = zodResponseFormat(schema, 'weather');
    const whole = await client(way).chat.completions.parse({ model: 'gpt-5-mini', messages, response_format });
    const stream = client(way).chat.completions.stream({ model: 'gpt-5-mini', messages, response_format });
    return [whole.choices[0]?.message.parsed, (await stream.finalChatCompletion()).choices[0]?.message.parsed];
  });
  expect(outcome).toEqual([
    { city: 'Porto', degrees: 21.5 },
    { city: 'Porto', degrees: 21.5 },
  ]);
});

test('many at once', async () => {
  const { calls } = await bothWays(
    () => (request) => playChat({ text: `Answer to ${member(request, 'seed') as number}.` })(request),
    async (way) => {
      const one = client(way);
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, seed) => one.chat.completions.create({ ...common, seed })),
      );
      return answers.map(({ choices }) => choices[0]?.message.content);
    },
    { inAnyOrder: true },
  );
  expect(new Set(calls.map(({ traceId }) => traceId)).size).toBe(40);
});
