// What the writers write, read by clients that nobody here wrote: OpenAI's and Anthropic's own, and the AI SDK.
import Anthropic from '@anthropic-ai/sdk';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Agent, OpenAIProvider, Runner, tool as agentTool } from '@openai/agents';
import { generateText, jsonSchema, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Json, Message } from '#contract/turn';
import type { ChatDialect, ReplyFrame, WireEvent, WireReply, WireRequest } from '#engine/models/wire/wire';
import { wireOf } from '#engine/models/wire/wires';
import { startFakeUpstream, type FakeUpstream, type Played, type PlayedRequest } from '#test/upstream/fake-upstream';
import { playJson, playStream } from '#test/upstream/said';

const usage = { inputTokens: 21, outputTokens: 9, cachedTokens: 4, reasoningTokens: 3 };
const words = { type: 'text', text: 'Let me look: Ça va 🦊.' } as const;
const reasoning = { type: 'reasoning', text: 'It is about weather.' } as const;
const calls = [
  { name: 'get_weather', arguments: { city: 'Zürich' } },
  { name: 'get_weather', arguments: { city: 'Porto' } },
];

function replyOf(message: Partial<WireReply['message']>, stop: string): WireReply {
  const made = message.toolCalls ?? [];
  return {
    message: { role: 'assistant', content: [], ...message },
    stop,
    model: 'm-1',
    usage,
    callIds: made.map((_, index) => `call_${index}`),
  };
}

const asking = replyOf({ content: [reasoning, words], toolCalls: calls }, 'tools');
const answering = replyOf({ content: [{ type: 'text', text: 'Both are warm.' }] }, 'end');

/** Half of it is told as it comes, the rest at the end. */
function events({ message }: WireReply): WireEvent[] {
  return message.content.flatMap((part): WireEvent[] =>
    part.type === 'text' || part.type === 'reasoning'
      ? (part.text.match(/[\s\S]{1,5}/gu) ?? []).map((text) => ({ type: 'text', channel: part.type, text }))
      : [],
  );
}

/** Stands where the gateway does: reads requests with the wire, answers with it. */
class Answering {
  readonly requests: WireRequest[] = [];
  readonly #dialect: ChatDialect;
  #frames = 0;

  constructor(dialect: ChatDialect) {
    this.#dialect = dialect;
  }

  play(played: PlayedRequest): Played {
    const wire = wireOf(this.#dialect);
    const { request } = wire.readRequest(JSON.parse(played.body) as Json);
    this.requests.push(request);
    const wrong = request.messages.some((message) => textOf(message).includes('break'));
    const reply = request.messages.at(-1)?.role === 'tool' ? answering : asking;
    this.#frames += 1;
    const includeUsage = played.body.includes('include_usage');
    const frame: ReplyFrame = { id: `f${this.#frames}`, model: request.model, at: 1_767_225_600_000, includeUsage };
    if (!request.stream)
      return wrong ? playJson(wire.writeError(429, 'Come back later.'), 429) : playJson(wire.writeReply(reply, frame));
    const writer = wire.newWriter(frame);
    const told = events(reply).map((event) => writer.write(event));
    return playStream([writer.start(), ...told, wrong ? writer.fail('It broke.') : writer.end(reply)]);
  }
}

function textOf({ content }: Message): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
}

let upstream: FakeUpstream;
let wire: Answering;

/** Set before each request by the describes below. */
function serve(dialect: ChatDialect): void {
  beforeEach(async () => {
    wire = new Answering(dialect);
    upstream = await startFakeUpstream((request) => wire.play(request));
  });
  afterEach(() => upstream.close());
}

/** What came of the requests: the second goes on where the first one ended. */
function expectConversation(): void {
  expect(wire.requests).toHaveLength(2);
  const [first, second] = wire.requests;
  expect(first?.messages.at(-1)).toMatchObject({ role: 'user', content: [{ type: 'text', text: 'Is it warm?' }] });
  expect(second?.messages.slice(0, first?.messages.length)).toEqual(first?.messages);
  const [answer, ...results] = second?.messages.slice(first?.messages.length) ?? [];
  expect(answer).toMatchObject({ role: 'assistant', toolCalls: calls });
  expect(answer?.content).toContainEqual(words);
  expect(
    results.map((result) => ({ call: result.role === 'tool' ? result.call : undefined, text: textOf(result) })),
  ).toEqual([
    { call: 0, text: 'warm in Zürich' },
    { call: 1, text: 'warm in Porto' },
  ]);
}

const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const resultOf = (given: unknown): string => `warm in ${(given as { city: string }).city}`;

describe('chat completions, by openai', () => {
  serve('openai-chat');
  const client = (): OpenAI => new OpenAI({ baseURL: `${upstream.origin}/v1`, apiKey: 'k', maxRetries: 0 });
  const tools: OpenAI.ChatCompletionTool[] = [{ type: 'function', function: { name: 'get_weather', parameters } }];
  const user = { role: 'user', content: 'Is it warm?' } as const;

  test('at once, with tools and their results', async () => {
    const first = await client().chat.completions.create({ model: 'm-1', messages: [user], tools });
    const [choice] = first.choices;
    expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { content: words.text, refusal: null } });
    expect(first.usage).toMatchObject({ prompt_tokens: 21, completion_tokens: 9, total_tokens: 30 });
    const said = choice?.message.tool_calls ?? [];
    const results = said.map((call) => ({
      role: 'tool' as const,
      tool_call_id: call.id,
      content: resultOf(JSON.parse(call.type === 'function' ? call.function.arguments : '{}')),
    }));
    const message = choice?.message;
    const second = await client().chat.completions.create({
      model: 'm-1',
      messages: [user, ...(message === undefined ? [] : [message]), ...results],
      tools,
    });
    expect(second.choices[0]?.message.content).toBe('Both are warm.');
    expectConversation();
  });

  test('streamed, by its helper', async () => {
    const stream = client().chat.completions.stream({
      model: 'm-1',
      messages: [user],
      tools,
      stream_options: { include_usage: true },
    });
    const deltas: string[] = [];
    stream.on('content', (delta) => deltas.push(delta));
    const final = await stream.finalChatCompletion();
    expect(deltas.join('')).toBe(words.text);
    expect(deltas.length).toBeGreaterThan(3);
    expect(final.choices[0]?.finish_reason).toBe('tool_calls');
    expect(final.choices[0]?.message.tool_calls).toMatchObject(
      calls.map((call, index) => ({
        id: `call_${index}`,
        function: { name: call.name, arguments: JSON.stringify(call.arguments) },
      })),
    );
    expect(final.usage).toMatchObject({ total_tokens: 30 });
  });

  test('errors, at once and amid a stream', async () => {
    const messages = [{ role: 'user' as const, content: 'break' }];
    const once = client().chat.completions.create({ model: 'm-1', messages });
    await expect(once).rejects.toMatchObject({ status: 429, message: '429 Come back later.' });
    const read = async (): Promise<void> => {
      for await (const _ of await client().chat.completions.create({ model: 'm-1', messages, stream: true }));
    };
    await expect(read()).rejects.toThrow('It broke.');
  });
});

describe('responses, by openai', () => {
  serve('openai-responses');
  const client = (): OpenAI => new OpenAI({ baseURL: `${upstream.origin}/v1`, apiKey: 'k', maxRetries: 0 });
  const tools: OpenAI.Responses.Tool[] = [{ type: 'function', name: 'get_weather', parameters, strict: true }];
  const user = { role: 'user', content: 'Is it warm?' } as const;

  test('at once, with tools and their results', async () => {
    const first = await client().responses.create({ model: 'm-1', input: [user], tools });
    expect(first).toMatchObject({ status: 'completed', output_text: words.text, usage: { total_tokens: 30 } });
    const results = first.output.flatMap((item) =>
      item.type === 'function_call'
        ? [
            {
              type: 'function_call_output' as const,
              call_id: item.call_id,
              output: resultOf(JSON.parse(item.arguments)),
            },
          ]
        : [],
    );
    const again = first.output as OpenAI.Responses.ResponseInput;
    const second = await client().responses.create({ model: 'm-1', input: [user, ...again, ...results], tools });
    expect(second.output_text).toBe('Both are warm.');
    expectConversation();
  });

  test('streamed, by its helper', async () => {
    const stream = client().responses.stream({ model: 'm-1', input: [user], tools });
    const types: string[] = [];
    const deltas: string[] = [];
    for await (const event of stream) {
      types.push(event.type);
      if (event.type === 'response.output_text.delta') deltas.push(event.delta);
    }
    const final = await stream.finalResponse();
    expect(deltas.join('')).toBe(words.text);
    expect(final.output_text).toBe(words.text);
    expect(final.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call', 'function_call']);
    expect(final.output.flatMap((item) => (item.type === 'function_call' ? [item.arguments] : []))).toEqual(
      calls.map((call) => JSON.stringify(call.arguments)),
    );
    expect(types).toContain('response.function_call_arguments.done');
    expect(final.usage).toMatchObject({ input_tokens: 21, output_tokens_details: { reasoning_tokens: 3 } });
  });

  test('errors, at once and amid a stream', async () => {
    const input = 'break';
    const once = client().responses.create({ model: 'm-1', input });
    await expect(once).rejects.toMatchObject({ status: 429, message: '429 Come back later.' });
    const read = async (): Promise<void> => {
      for await (const _ of await client().responses.create({ model: 'm-1', input, stream: true }));
    };
    await expect(read()).rejects.toThrow('It broke.');
  });

  test('by an agent of @openai/agents, streamed and not', async () => {
    const agent = new Agent({
      name: 'Guide',
      instructions: 'You help travellers.',
      model: 'm-1',
      tools: [
        agentTool({
          name: 'get_weather',
          description: 'Current weather',
          parameters: { ...parameters, additionalProperties: false, type: 'object' } as never,
          execute: (given: unknown) => resultOf(given),
        }),
      ],
    });
    const modelProvider = new OpenAIProvider({ openAIClient: client(), useResponses: true });
    const runner = new Runner({ modelProvider, tracingDisabled: true });
    const result = await runner.run(agent, 'Is it warm?');
    expect(result.finalOutput).toBe('Both are warm.');
    expectConversation();
    wire.requests.length = 0;
    const stream = await runner.run(agent, 'Is it warm?', { stream: true });
    await stream.completed;
    expect(stream.finalOutput).toBe('Both are warm.');
    expectConversation();
  });
});

describe("messages, by Anthropic's own", () => {
  serve('anthropic');
  const client = (): Anthropic => new Anthropic({ baseURL: upstream.origin, apiKey: 'k', maxRetries: 0 });
  const tools: Anthropic.Tool[] = [
    { name: 'get_weather', input_schema: { type: 'object', properties: parameters.properties, required: ['city'] } },
  ];
  const user = { role: 'user', content: 'Is it warm?' } as const;
  const common = { model: 'm-1', max_tokens: 100, tools };

  test('at once, with tools and their results', async () => {
    const first = await client().messages.create({ ...common, messages: [user] });
    expect(first.stop_reason).toBe('tool_use');
    expect(first.usage).toMatchObject({ input_tokens: 17, cache_read_input_tokens: 4, output_tokens: 9 });
    const content = first.content.flatMap((block) =>
      block.type === 'tool_use'
        ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: resultOf(block.input) }]
        : [],
    );
    const messages = [user, { role: 'assistant' as const, content: first.content }, { role: 'user' as const, content }];
    const second = await client().messages.create({ ...common, messages });
    expect(second.content).toMatchObject([{ type: 'text', text: 'Both are warm.' }]);
    expectConversation();
  });

  test('streamed, by its helper', async () => {
    const stream = client().messages.stream({ ...common, messages: [user] });
    const deltas: string[] = [];
    const thoughts: string[] = [];
    stream.on('text', (delta) => deltas.push(delta));
    stream.on('thinking', (delta) => thoughts.push(delta));
    const final = await stream.finalMessage();
    expect(deltas.join('')).toBe(words.text);
    expect(thoughts.join('')).toBe(reasoning.text);
    expect(final.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use', 'tool_use']);
    expect(final.content.flatMap((block) => (block.type === 'tool_use' ? [block.input] : []))).toEqual(
      calls.map((call) => call.arguments),
    );
    expect(final.stop_reason).toBe('tool_use');
    expect(final.usage).toMatchObject({ input_tokens: 17, output_tokens: 9, cache_read_input_tokens: 4 });
  });

  test('errors, at once and amid a stream', async () => {
    const messages = [{ role: 'user' as const, content: 'break' }];
    const once = client().messages.create({ ...common, messages });
    await expect(once).rejects.toMatchObject({ status: 429, error: { error: { message: 'Come back later.' } } });
    await expect(
      client()
        .messages.stream({ ...common, messages })
        .finalMessage(),
    ).rejects.toThrow('It broke.');
  });
});

describe('chat completions, by the AI SDK', () => {
  serve('openai-chat');
  const options = () => ({
    model: createOpenAICompatible({ name: 'p', baseURL: `${upstream.origin}/v1`, includeUsage: true })('m-1'),
    prompt: 'Is it warm?',
    maxRetries: 0,
    tools: {
      get_weather: tool({
        inputSchema: jsonSchema<{ city: string }>(parameters as never),
        execute: (given) => resultOf(given),
      }),
    },
    stopWhen: ({ steps }: { readonly steps: readonly unknown[] }) => steps.length >= 2,
  });

  test('at once and streamed, with tools and their results', async () => {
    const { text, steps } = await generateText(options());
    expect(text).toBe('Both are warm.');
    expect(steps[0]?.reasoningText).toBe(reasoning.text);
    expectConversation();
    wire.requests.length = 0;
    const streamed = streamText(options());
    expect(await streamed.text).toBe('Both are warm.');
    expectConversation();
  });
});
