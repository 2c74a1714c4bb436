// What a dialect cannot say is refused by name; what ties an answer to its provider goes back to that one alone.
import { describe, expect, test } from 'vitest';
import type { JsonObject, Message } from '#contract/turn';
import { ModelError } from '#engine/models/model';
import { withTies } from '#engine/models/wire/ties';
import type { ChatDialect, WireParameters } from '#engine/models/wire/wire';
import { wireOf } from '#engine/models/wire/wires';
import { messagesAnswer } from '#test/upstream/wire-anthropic';
import { chatAnswer } from '#test/upstream/wire-openai';
import { responsesAnswer } from '#test/upstream/wire-responses';

const dialects = ['openai-chat', 'openai-responses', 'anthropic'] as const;

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
