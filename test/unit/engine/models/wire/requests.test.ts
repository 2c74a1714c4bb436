// Requests, both ways: what a dialect can say comes back equal, what it cannot is refused by name, what has no place is named.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject, Message, ToolCall } from '#contract/turn';
import { ModelError } from '#engine/models/model';
import { withTies } from '#engine/models/wire/ties';
import type { ChatDialect, WireParameters, WireRequest } from '#engine/models/wire/wire';
import { wireOf } from '#engine/models/wire/wires';
import { parseJson } from '#engine/trace/exact-json';
import { messagesAnswer } from '#test/upstream/wire-anthropic';
import { chatAnswer } from '#test/upstream/wire-openai';
import { responsesAnswer } from '#test/upstream/wire-responses';
import { requestOf } from './arbitrary.ts';
import { anthropicBody, chatBody, responsesBody } from './conversations.ts';

const dialects = ['openai-chat', 'openai-responses', 'anthropic'] as const;
const bodies = { 'openai-chat': chatBody, 'openai-responses': responsesBody, anthropic: anthropicBody } as const;

/** As it crosses the wire. */
function sent(body: JsonObject): Json {
  return parseJson(JSON.stringify(body)).value;
}

describe.each(dialects)('%s', (dialect) => {
  const wire = wireOf(dialect);

  test('a request that it can say comes back equal, and nothing of it is left', () => {
    fc.assert(
      fc.property(requestOf(dialect), (request) => {
        const read = wire.readRequest(sent(wire.writeRequest(request)));
        expect(read).toEqual({ request, left: [] });
      }),
      { numRuns: 600 },
    );
  });

  test('whatever a client adds that has no place is named by its path', () => {
    const plain = bodies[dialect];
    const known = wire.readRequest(plain).left;
    const paths = objectPaths(plain);
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths) {
      const { left } = wire.readRequest(withMember(plain, path, 'x_made_up', { say: 1 }));
      const place = [...path, 'x_made_up'].reduce<string>(
        (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
        '',
      );
      expect([...left].filter((one) => !known.includes(one))).toEqual([place]);
    }
  });

  test('a real-looking conversation that is read and written reads the same again', () => {
    const { request } = wire.readRequest(bodies[dialect]);
    const omitted: string[] = [];
    const body = wire.writeRequest(request, (what) => omitted.push(what));
    const reasoning = (message: Message): Message =>
      message.role === 'assistant'
        ? { ...message, content: message.content.filter(({ type }) => type !== 'reasoning') }
        : message;
    expect(wire.readRequest(sent(body)).request.messages).toEqual(request.messages.map(reasoning));
    // Reasoning that came over the wire has lost its signature, as it has in an import.
    const unsigned = "messages[2].content[0] (reasoning without Anthropic's signature)";
    expect(omitted).toEqual(dialect === 'anthropic' ? [unsigned] : []);
  });
});

describe('from one dialect into another', () => {
  /** Responses runs answers that follow one another together. */
  const isTwice = (messages: readonly Message[]): boolean =>
    messages.some(({ role }, index) => role === 'assistant' && messages[index + 1]?.role === role);

  test.each(dialects.flatMap((from) => dialects.map((to) => [from, to] as const)))(
    '%s to %s: what is neither refused nor told as left out arrives',
    (from, to) => {
      let arrived = 0;
      const wire = wireOf(to);
      fc.assert(
        fc.property(fc.oneof(requestOf(from), requestOf(from).map(plain)), (request) => {
          fc.pre(to !== 'openai-responses' || !isTwice(request.messages));
          let body: JsonObject;
          try {
            body = wire.writeRequest(request);
          } catch (error) {
            if (error instanceof ModelError && error.status === 400) return;
            throw error;
          }
          const { request: read, left } = wire.readRequest(sent(body));
          expect(left).toEqual([]);
          expect(read.messages).toEqual(request.messages);
          // There it says nothing that calls may be parallel where none are to be made, or what a schema is called.
          const idle = to === 'anthropic' ? ['parallelToolCalls', 'schemaName', 'strictSchema'] : [];
          const said = Object.entries(request.parameters).filter(([key]) => !idle.includes(key));
          expect(read.parameters).toMatchObject(Object.fromEntries(said));
          arrived += 1;
        }),
        { numRuns: 300 },
      );
      expect(arrived).toBeGreaterThan(80);
    },
  );
});

/** Without what only some dialects can say. */
function plain(request: WireRequest): WireRequest {
  const { temperature, topP, maxTokens, user: by } = request.parameters;
  const messages = request.messages.map((message): Message => {
    const content = message.content.filter(
      ({ type }) => type === 'text' || (type === 'image' && message.role === 'user'),
    );
    if (message.role === 'user') return { role: 'user', content };
    if (message.role !== 'assistant') return { ...message, content };
    const isObject = ({ arguments: given }: ToolCall): boolean =>
      typeof given === 'object' && given !== null && !Array.isArray(given);
    const calls = message.toolCalls?.map((call) => (isObject(call) ? call : { name: call.name, arguments: {} }));
    return { role: 'assistant', content, ...(calls === undefined ? {} : { toolCalls: calls }) };
  });
  const parameters = { temperature, topP, maxTokens, user: by };
  const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
  return { ...request, messages, parameters: given };
}

/** Where objects stand whose members the wire reads one by one: not what is kept whole. */
function objectPaths(body: Json, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (Array.isArray(body)) return body.flatMap((item: Json, index) => objectPaths(item, [...path, index]));
  if (typeof body !== 'object' || body === null) return [];
  const object = body as JsonObject;
  if (object['type'] === 'redacted_thinking') return [];
  const inner = Object.entries(object).flatMap(([key, value]) => {
    const isWhole = ['parameters', 'input_schema'].includes(key) || (key === 'input' && path.length > 0);
    // Chat keeps its tools as they are.
    const isTools = key === 'tools' && typeof object['messages'] === 'object' && object['system'] === undefined;
    return isWhole || isTools ? [] : objectPaths(value, [...path, key]);
  });
  return [path, ...inner];
}

function withMember(value: Json, path: readonly (string | number)[], key: string, member: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return { ...(value as JsonObject), [key]: member };
  if (Array.isArray(value))
    return value.map((item: Json, index) => (index === step ? withMember(item, rest, key, member) : item));
  const object = value as JsonObject;
  return { ...object, [step]: withMember(object[step] ?? null, rest, key, member) };
}

describe('what has no place', () => {
  test('chat', () => {
    const { left, request } = wireOf('openai-chat').readRequest({
      model: 'm',
      n: 2,
      frequency_penalty: 0.5,
      presence_penalty: 0,
      max_tokens: 10,
      max_completion_tokens: 20,
      metadata: { a: 'b' },
      prediction: null,
      temperature: 'hot',
      tool_choice: { type: 'allowed_tools' },
      response_format: { type: 'grammar' },
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
      tools: [{ type: 'function', function: { name: 'f' } }, { type: 'web_search' }],
      messages: [
        { role: 'system', content: 'Be brief.', name: 'boss' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
            { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'high' } },
          ],
        },
        {
          role: 'assistant',
          content: 'b',
          audio: { id: 'audio_1' },
          tool_calls: [
            { id: 'a', type: 'custom', custom: { name: 'g', input: 'x' } },
            { id: 'b', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: { google: 1 } },
          ],
        },
        { role: 'tool', tool_call_id: 'nobody', content: 'c' },
      ],
    });
    expect(new Set(left)).toEqual(
      new Set([
        'n',
        'frequency_penalty',
        'max_tokens',
        'metadata',
        'temperature',
        'tool_choice',
        'response_format',
        'stream_options.include_obfuscation',
        'tools[1] (web_search)',
        'messages[0].name',
        'messages[1].content[0].cache_control',
        'messages[1].content[1].image_url.detail',
        'messages[2].audio',
        'messages[2].tool_calls[0].type',
        'messages[2].tool_calls[0].custom',
        'messages[2].tool_calls[1].extra_content',
        'messages[3].tool_call_id',
      ]),
    );
    expect(request.parameters).toEqual({ maxTokens: 20 });
    expect(request.stream).toBe(true);
  });

  test('responses', () => {
    const { left } = wireOf('openai-responses').readRequest({
      model: 'm',
      previous_response_id: 'resp_1',
      conversation: 'conv_1',
      background: true,
      prompt: { id: 'p' },
      store: true,
      include: ['file_search_call.results'],
      reasoning: { effort: 'low', summary: 'auto' },
      text: { verbosity: 'low', format: { type: 'text' } },
      tools: [{ type: 'web_search' }, { type: 'function', name: 'f', parameters: {}, strict: true }],
      input: [
        { type: 'item_reference', id: 'msg_1' },
        { type: 'function_call_output', call_id: 'nobody', output: 'x' },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
      ],
    });
    expect(new Set(left)).toEqual(
      new Set([
        'previous_response_id',
        'conversation',
        'background',
        'prompt',
        'include',
        'reasoning.summary',
        'text.verbosity',
        'tools[0] (web_search)',
        'input[0] (item_reference)',
        'input[1].call_id',
        'input[2].encrypted_content',
      ]),
    );
  });

  test('anthropic', () => {
    const { left, request } = wireOf('anthropic').readRequest({
      model: 'm',
      max_tokens: 100,
      top_k: 5,
      metadata: { user_id: 'u', other: 1 },
      thinking: { type: 'enabled', budget_tokens: 2000, display: 'omitted' },
      output_config: { effort: 'low' },
      container: 'c',
      mcp_servers: [],
      system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }],
      tools: [
        { type: 'custom', name: 'f', input_schema: {}, cache_control: { type: 'ephemeral' }, strict: true },
        { type: 'web_search_20250305', name: 'web_search' },
      ],
      messages: [
        { role: 'user', content: [{ type: 'document', source: {}, cache_control: {} }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 't', signature: 's' },
            { type: 'thinking', thinking: 't', signature: '' },
            { type: 'tool_use', id: 'a', name: 'f', input: {}, caller: { type: 'direct' } },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'b', content: 'x', cache_control: { a: 1 } }] },
      ],
    });
    expect(new Set(left)).toEqual(
      new Set([
        'top_k',
        'metadata.other',
        'thinking.display',
        'output_config.effort',
        'container',
        'system[0].cache_control',
        'tools[0].cache_control',
        'tools[0].strict',
        'tools[1] (web_search_20250305)',
        'messages[1].content[0].signature',
        'messages[2].content[0].tool_use_id',
        'messages[2].content[0].cache_control',
      ]),
    );
    expect(request.parameters).toEqual({ maxTokens: 100, reasoning: 2000, user: 'u' });
  });

  test('so many places are named that a log can hold them', () => {
    const strange = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`x${index}`, 1]));
    const { left } = wireOf('openai-chat').readRequest({
      model: 'm',
      messages: [{ role: 'user', content: 'a' }],
      ...strange,
    });
    expect(left).toHaveLength(201);
    expect(left.at(-1)).toBe('… and 800 more');
  });
});

const user: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };

function refusal(
  dialect: ChatDialect,
  given: { readonly messages?: readonly Message[]; readonly parameters?: WireParameters },
  omitted?: (what: string) => void,
): string {
  const { messages = [user], parameters = {} } = given;
  try {
    wireOf(dialect).writeRequest({ model: 'm', messages, parameters, stream: false }, omitted);
    return '';
  } catch (error) {
    if (error instanceof ModelError && error.status === 400) return error.message;
    throw error;
  }
}

describe('what cannot be said', () => {
  const everything: WireParameters = { seed: 1, stop: ['x'], logprobs: 2, reasoning: 100 };

  test.each([
    ['openai-chat', "OpenAI's chat completions cannot say: reasoning as a number of tokens."],
    ['openai-responses', "OpenAI's responses cannot say: reasoning as a number of tokens, stop, seed."],
    ['anthropic', "Anthropic's messages cannot say: seed, logprobs."],
  ] as const)('%s names the parameters', (dialect, sentence) => {
    expect(refusal(dialect, { parameters: everything })).toBe(sentence);
  });

  const odd: Message[] = [
    { role: 'context', content: [], tools: [{ type: 'retrieval' }] },
    { role: 'user', name: 'ana', content: [{ type: 'other', kind: 'hologram', value: {} }] },
    {
      role: 'assistant',
      content: [{ type: 'image', url: 'https://example.org/a.png' }],
      toolCalls: [{ name: 'f', arguments: 'no json', unparsed: true }],
    },
    { role: 'tool', call: 7, content: [{ type: 'image', url: 'data:image/svg+xml,<svg/>' }] },
  ];

  test.each([
    [
      'openai-chat',
      [
        'tools[0] (retrieval)',
        'messages[1].content[0] (hologram)',
        'messages[2].content[0] (image)',
        'messages[3] (a result of no known tool call)',
        'messages[3].content[0] (image)',
      ],
    ],
    [
      'openai-responses',
      [
        'tools[0] (retrieval)',
        'messages[1].name',
        'messages[1].content[0] (hologram)',
        'messages[2].content[0] (image)',
        'messages[3] (a result of no known tool call)',
      ],
    ],
    [
      'anthropic',
      [
        'tools[0] (retrieval)',
        'messages[1].name',
        'messages[1].content[0] (hologram)',
        'messages[2].content[0] (image)',
        'messages[2].toolCalls[0].arguments (no JSON object)',
        'messages[3] (a result of no known tool call)',
        'messages[3].content[0] (image)',
      ],
    ],
  ] as const)('%s names the places', (dialect, places) => {
    const said = refusal(dialect, { messages: odd }).replace(/^.* cannot say: /, '');
    expect(said.replace(/\.$/, '').split(', ').toSorted()).toEqual([...places].toSorted());
  });

  test('a result that is an error, and reasoning of others, are refused; or left out and told', () => {
    const messages: Message[] = [
      user,
      { role: 'assistant', content: [{ type: 'reasoning', text: 'Hm.' }], toolCalls: [{ name: 'f', arguments: {} }] },
      { role: 'tool', call: 0, content: [{ type: 'text', text: 'Error: no' }], isError: true },
    ];
    for (const dialect of ['openai-chat', 'openai-responses'] as const) {
      expect(refusal(dialect, { messages })).toContain('messages[3].isError');
      const omitted: string[] = [];
      expect(refusal(dialect, { messages }, (what) => omitted.push(what))).toBe('');
      expect(omitted).toEqual([
        'messages[2].content[0] (reasoning that did not come in this dialect)',
        'messages[3].isError',
      ]);
    }
  });
});

describe('ties', () => {
  const said = {
    reasoning: 'Hm.',
    signature: 'c2lnbmVk',
    text: 'Let me look.',
    calls: [{ name: 'f', arguments: { a: 1 } }],
  };

  /** The next request's message of the assistant, after an answer of that dialect. */
  function next(dialect: ChatDialect, answer: JsonObject): JsonObject {
    const wire = wireOf(dialect);
    const message = withTies(wire.readReply(answer));
    const result: Message = { role: 'tool', call: 0, content: [{ type: 'text', text: 'ok' }] };
    return wire.writeRequest({ model: 'm', messages: [user, message, result], parameters: {}, stream: false });
  }

  test('thinking goes back to Anthropic with its signature', () => {
    const [, message] = next('anthropic', messagesAnswer(said))['messages'] as readonly JsonObject[];
    expect(message?.['content']).toEqual([
      { type: 'thinking', thinking: 'Hm.', signature: 'c2lnbmVk' },
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', id: 'toolu_00000', name: 'f', input: { a: 1 } },
    ]);
  });

  test('reasoning goes back to responses with its id and encrypted content, words or not', () => {
    const answer = responsesAnswer(said);
    const [reasoning, ...rest] = answer['output'] as readonly JsonObject[];
    expect((next('openai-responses', answer)['input'] as readonly JsonObject[])[1]).toEqual(reasoning);
    const silent = { ...reasoning, summary: [] };
    const body = next('openai-responses', { ...answer, output: [silent, ...rest] });
    expect((body['input'] as readonly JsonObject[])[1]).toEqual(silent);
  });

  test('reasoning goes back to a chat server under the name that it came by, with what it wants back', () => {
    const answer = chatAnswer(said);
    const [choice] = answer['choices'] as readonly JsonObject[];
    const given = choice?.['message'] as JsonObject;
    const [call] = given['tool_calls'] as readonly JsonObject[];
    const message = {
      ...given,
      reasoning_details: [{ type: 'reasoning.text', signature: 'x' }],
      tool_calls: [{ ...call, extra_content: { google: { thought_signature: 'y' } } }],
    };
    const body = next('openai-chat', { ...answer, choices: [{ ...choice, message }] });
    expect((body['messages'] as readonly JsonObject[])[1]).toEqual({
      role: 'assistant',
      content: 'Let me look.',
      reasoning_content: 'Hm.',
      reasoning_details: message.reasoning_details,
      tool_calls: [
        {
          id: 'call00000',
          type: 'function',
          function: { name: 'f', arguments: '{"a":1}' },
          extra_content: { google: { thought_signature: 'y' } },
        },
      ],
    });
  });

  test.each(dialects)('%s: a tie of another provider is refused, or left out and told', (dialect) => {
    const other =
      dialect === 'anthropic'
        ? wireOf('openai-responses').readReply(responsesAnswer(said))
        : wireOf('anthropic').readReply(messagesAnswer(said));
    const messages = [user, withTies(other)];
    expect(refusal(dialect, { messages })).toContain(
      'messages[2].content[1] (what ties an answer to another provider)',
    );
    const omitted: string[] = [];
    expect(refusal(dialect, { messages }, (what) => omitted.push(what))).toBe('');
    expect(omitted).toHaveLength(2);
  });
});

test('a schema says nothing of which draft it is written in, and is held to where that can be', () => {
  const closed = { type: 'object', properties: { a: {} }, required: ['a'], additionalProperties: false };
  const written = (dialect: ChatDialect, schema: JsonObject): JsonObject =>
    wireOf(dialect).writeRequest({ model: 'm', messages: [user], parameters: { schema }, stream: false });
  const $schema = 'https://json-schema.org/draft/2020-12/schema';
  expect(written('openai-chat', { $schema, ...closed })['response_format']).toEqual({
    type: 'json_schema',
    json_schema: { name: 'answer', schema: closed, strict: true },
  });
  const open = { ...closed, required: [] };
  expect(written('openai-responses', { $schema, ...open })['text']).toEqual({
    format: { type: 'json_schema', name: 'answer', schema: open, strict: false },
  });
  expect(written('anthropic', { $schema, ...closed })['output_config']).toEqual({
    format: { type: 'json_schema', schema: closed },
  });
});

test('the limit of an answer has the name that the server knows', () => {
  const request = { model: 'm', messages: [user], parameters: { maxTokens: 5 }, stream: false };
  expect(wireOf('openai-chat').writeRequest(request)).toMatchObject({ max_completion_tokens: 5 });
  expect(wireOf('openai-chat', 'max_tokens').writeRequest(request)).toMatchObject({ max_tokens: 5 });
});
