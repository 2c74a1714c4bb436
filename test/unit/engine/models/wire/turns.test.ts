// A request on the wire is the same turns as an imported log of the same conversation, in chat, in responses and in Anthropic's dialect.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#contract/turn';
import { Problem } from '#engine/problem';
import { wireOf } from '#engine/models/wire/wires';
import { anthropic } from '#engine/trace/import/anthropic';
import type { ConversationFormat } from '#engine/trace/import/format';
import { openai } from '#engine/trace/import/openai';
import { SourceTree } from '#engine/trace/import/source-tree';
import { parseJson } from '#engine/trace/exact-json';
import { turnsOf } from '#engine/turns/path';
import { jsonl, workbench } from '../../trace/bench.ts';
import { anthropicBody, chatBody, responsesBody } from './conversations.ts';

type Dialect = 'openai-chat' | 'openai-responses' | 'anthropic';

/** Of the turn that a body ends in; undefined where it is refused. */
function leafOf(dialect: Dialect, body: Json): string | undefined {
  try {
    return turnsOf(wireOf(dialect).readRequest(body).request.messages).at(-1)?.id;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** All turns of a body, one for each message. */
function turnsOfBody(dialect: Dialect, body: Json): string[] {
  return turnsOf(wireOf(dialect).readRequest(body).request.messages).map(({ id }) => id);
}

const reasoned: JsonObject = {
  model: 'deepseek-reasoner',
  messages: [
    { role: 'user', content: 'Add 12345678901234567890 and 1.' },
    {
      role: 'assistant',
      content: null,
      reasoning_content: 'A tool can.',
      tool_calls: [
        { id: 'x', type: 'function', function: { name: 'add', arguments: '{"a": 12345678901234567890, "b": 1}' } },
        { id: 'x', type: 'function', function: { name: 'add', arguments: 'not json' } },
      ],
    },
    { role: 'tool', tool_call_id: 'x', content: '1' },
    { role: 'tool', tool_call_id: 'x', content: '2' },
    { role: 'tool', tool_call_id: 'unknown', name: 'add', content: '3' },
    { role: 'assistant', content: 'Done.', refusal: 'I will not say.' },
    { role: 'developer', content: 'Be brief.' },
    { role: 'user', name: 'ana', content: 'Well?' },
  ],
};

describe('imported and asked for', () => {
  test.each([
    ['openai-chat', chatBody],
    ['openai-chat', reasoned],
    ['anthropic', anthropicBody],
  ] as const)('%s: the log of a conversation ends in the turn that its request does', async (dialect, body) => {
    using bench = workbench();
    const { rejects } = await bench.take(jsonl([body]));
    expect(rejects).toEqual([]);
    const [trace] = bench.store.traces.list({}, { by: 'position', descending: false }, 0, 2).items;
    expect(trace?.source).toBe(dialect);
    // As the gateway reads it: from the text, so that no number is lost.
    expect(leafOf(dialect, parseJson(JSON.stringify(body)).value)).toBe(trace?.leaf);
  });

  test.each([
    ['openai-chat', { choices: [{ message: { role: 'assistant', reasoning_content: 'Hm.', content: 'Warm.' } }] }],
    [
      'anthropic',
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
          { type: 'text', text: 'Warm.' },
          { type: 'tool_use', id: 'toolu_z', name: 'get_weather', input: { city: 'Faro', unit: 'c' } },
        ],
      },
    ],
  ] as const)('%s: the log of an answer ends in the turn that the answer makes', async (dialect, response) => {
    using bench = workbench();
    const request = dialect === 'anthropic' ? anthropicBody : chatBody;
    await bench.take(jsonl([{ request, response }]));
    const [trace] = bench.store.traces.list({}, { by: 'position', descending: false }, 0, 2).items;
    const wire = wireOf(dialect);
    const { messages } = wire.readRequest(request).request;
    expect(turnsOf([...messages, wire.readReply(response).message]).at(-1)?.id).toBe(trace?.leaf);
  });

  test('the next request holds the answer as the turn that the answer made', () => {
    const wire = wireOf('anthropic');
    const content = [
      { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
      { type: 'text', text: 'Warm.' },
      { type: 'tool_use', id: 'toolu_z', name: 'get_weather', input: { city: 'Faro' } },
    ];
    const reply = wire.readReply({ role: 'assistant', content });
    const { messages } = wire.readRequest(anthropicBody).request;
    const said = anthropicBody['messages'] as readonly Json[];
    const next = { ...anthropicBody, messages: [...said, { role: 'assistant', content }] };
    expect(turnsOfBody('anthropic', next)).toEqual(turnsOf([...messages, reply.message]).map(({ id }) => id));
  });
});

test('a conversation over responses is the same turns as over chat', () => {
  expect(turnsOfBody('openai-responses', responsesBody)).toEqual(turnsOfBody('openai-chat', chatBody));
});

test('what follows one another of an answer over responses is one message', () => {
  const { messages } = wireOf('openai-responses').readRequest({
    model: 'gpt-5',
    input: [
      { role: 'user', content: 'Hi' },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'One.' }] },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { role: 'assistant', content: 'Two.' },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: 'x' },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{"again":true}' },
      { type: 'function_call_output', call_id: 'a', output: 'y' },
    ],
  }).request;
  expect(messages).toEqual([
    { role: 'context', content: [], tools: [] },
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm.' },
        { type: 'text', text: 'One.' },
        { type: 'other', kind: 'web_search_call', value: { id: 'ws_1', status: 'completed', type: 'web_search_call' } },
        { type: 'text', text: 'Two.' },
      ],
      toolCalls: [{ name: 'f', arguments: {} }],
    },
    { role: 'tool', call: 0, content: [{ type: 'text', text: 'x' }] },
    { role: 'assistant', content: [], toolCalls: [{ name: 'f', arguments: { again: true } }] },
    { role: 'tool', call: 1, content: [{ type: 'text', text: 'y' }] },
  ]);
});

const text = fc.oneof(
  fc.constantFrom('', 'Hello', 'é\u2028"\\', '{"a":1}'),
  fc.string({ unit: 'binary', maxLength: 10 }),
);
const id = fc.constantFrom('a', 'b', 'c', '');
const value = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
const chatPart = fc.oneof(
  fc.record({ type: fc.constant('text'), text }),
  fc.record({ type: fc.constant('image_url'), image_url: fc.record({ url: text, detail: fc.constant('low') }) }),
  fc.record({ type: fc.constantFrom('input_audio', 'thinking', 'odd'), thinking: text }),
  value,
);
const chatContent = fc.oneof(text, fc.constant(null), fc.array(chatPart, { maxLength: 3 }), value);
const chatCall = fc.record(
  {
    id,
    type: fc.constant('function'),
    function: fc.record({ name: fc.constantFrom('f', 'g'), arguments: fc.oneof(text, value) }),
  },
  { requiredKeys: ['function'] },
);
const chatMessage = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.oneof(
      fc.record({ role: fc.constantFrom('system', 'developer', 'user'), content: chatContent, name: text }),
      fc.record({
        role: fc.constant('assistant'),
        content: chatContent,
        tool_calls: fc.oneof(fc.array(chatCall, { maxLength: 3 }), fc.constant(null)),
        refusal: fc.oneof(text, fc.constant(null)),
        reasoning_content: text,
      }),
      fc.record({ role: fc.constant('tool'), tool_call_id: id, content: chatContent, name: text }),
    ),
  },
  { weight: 1, arbitrary: value },
);
const chatRequest = fc.record(
  {
    model: fc.constant('m'),
    messages: fc.array(chatMessage, { maxLength: 8 }),
    tools: fc.array(value, { maxLength: 2 }),
    functions: fc.array(value, { maxLength: 1 }),
  },
  { requiredKeys: ['model', 'messages'] },
);
const block = fc.oneof(
  fc.record({ type: fc.constant('text'), text, cache_control: value }, { requiredKeys: ['type', 'text'] }),
  fc.record({ type: fc.constant('thinking'), thinking: text, signature: text }),
  fc.record({
    type: fc.constant('image'),
    source: fc.record({ type: fc.constantFrom('url', 'base64'), url: text, media_type: text, data: text }),
  }),
  fc.record({ type: fc.constant('tool_use'), id, name: fc.constantFrom('f', 'g'), input: value }),
  fc.record({
    type: fc.constant('tool_result'),
    tool_use_id: id,
    content: fc.oneof(text, value),
    is_error: fc.boolean(),
  }),
  value,
);
const anthropicRequest = fc.record(
  {
    model: fc.constant('m'),
    system: fc.oneof(text, fc.array(block, { maxLength: 2 })),
    messages: fc.array(
      fc.oneof(
        {
          weight: 12,
          arbitrary: fc.record({
            role: fc.constantFrom('user', 'assistant', 'system'),
            content: fc.oneof(text, fc.array(block, { maxLength: 4 })),
          }),
        },
        { weight: 1, arbitrary: value },
      ),
      { maxLength: 8 },
    ),
    tools: fc.array(fc.oneof(fc.record({ name: text, description: text, input_schema: value }), value), {
      maxLength: 2,
    }),
  },
  { requiredKeys: ['model', 'messages'] },
);

/** As the import reads the record; undefined where it sets it aside. */
function importedLeaf(format: ConversationFormat, body: Json): string | undefined {
  try {
    const [side] = format.split(body).sides;
    return side === undefined ? undefined : new SourceTree(format.dialect).read(side).leaf?.id;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

test.each([
  ['openai-chat', openai, chatRequest],
  ['anthropic', anthropic, anthropicRequest],
] as const)(
  '%s: whatever a body holds, import and wire read the same turns or both refuse',
  (dialect, format, bodies) => {
    let read = 0;
    fc.assert(
      fc.property(bodies as fc.Arbitrary<JsonObject>, (body) => {
        const messages = body['messages'];
        fc.pre(Array.isArray(messages) && messages.length > 0);
        const exact = parseJson(JSON.stringify(body)).value;
        const leaf = leafOf(dialect, exact);
        if (leaf !== undefined) read += 1;
        expect(leaf).toBe(importedLeaf(format, exact));
      }),
      { numRuns: 1500 },
    );
    expect(read).toBeGreaterThan(300);
  },
);
