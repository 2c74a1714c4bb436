// What servers of each dialect do otherwise than the dialect's owner, and what is made of it.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/turn';
import type { ModelError } from '#engine/models/model';
import { parseBody } from '#engine/models/wire/assemble';
import type { WireEvent } from '#engine/models/wire/wire';
import { wireOf } from '#engine/models/wire/wires';
import { anthropicError } from '#test/upstream/wire-anthropic';
import { openaiError } from '#test/upstream/wire-openai';
import { responsesAnswer, responsesFailed, responsesStream } from '#test/upstream/wire-responses';
import { everything, read, thrown, told, type Read } from './stream-world.ts';

describe('quirks of chat servers', () => {
  function chat(...deltas: readonly JsonObject[]): Read {
    const reader = wireOf('openai-chat').newReader();
    const events = deltas.flatMap((delta) => [
      ...reader.take(undefined, JSON.stringify({ choices: [{ index: 0, delta }] })),
    ]);
    reader.take(undefined, '{"choices":[{"delta":{},"finish_reason":"stop"}]}');
    return { events, reply: reader.reply() };
  }
  const call = (
    index: number | undefined,
    id: string | undefined,
    name: string | undefined,
    given: unknown,
  ): JsonObject => ({
    tool_calls: [JSON.parse(JSON.stringify({ index, id, function: { name, arguments: given } })) as JsonObject],
  });
  const two = [
    { name: 'f', arguments: { a: 1 } },
    { name: 'g', arguments: { b: 2 } },
  ];

  test.each<[string, JsonObject[]]>([
    [
      'ids repeated',
      [call(0, 'x', 'f', ''), call(0, 'x', 'f', '{"a":1}'), call(1, 'y', 'g', '{"b":'), call(1, 'y', undefined, '2}')],
    ],
    ['no ids', [call(0, undefined, 'f', '{"a":1}'), call(1, '', 'g', '{"b":2}')]],
    ['gaps in the index', [call(3, 'x', 'f', '{"a":1}'), call(7, 'y', 'g', '{"b":2}')]],
    [
      'no index',
      [call(undefined, 'x', 'f', '{"a":'), call(undefined, 'x', undefined, '1}'), call(undefined, 'y', 'g', '{"b":2}')],
    ],
    [
      'neither',
      [
        call(undefined, undefined, 'f', '{"a":'),
        call(undefined, undefined, undefined, '1}'),
        call(undefined, undefined, 'g', '{"b":2}'),
      ],
    ],
    ['one index for all', [call(0, 'x', 'f', '{"a":1}'), call(0, 'y', 'g', '{"b":2}')]],
    ['arguments as JSON', [call(0, 'x', 'f', { a: 1 }), call(1, 'y', 'g', { b: 2 })]],
    [
      'arguments before the name',
      [call(0, 'x', undefined, '{"a"'), call(0, undefined, 'f', ':1}'), call(1, 'y', 'g', '{"b":2}')],
    ],
    [
      'both in one piece',
      [
        {
          tool_calls: [
            ...(call(0, 'x', 'f', '{"a":1}')['tool_calls'] as []),
            ...(call(1, 'y', 'g', '{"b":2}')['tool_calls'] as []),
          ],
        },
      ],
    ],
  ])('%s', (_, deltas) => {
    const { reply, events } = chat(...deltas);
    expect(reply.message.toolCalls).toEqual(two);
    expect(reply.stop).toBe('tools');
    const given = events.flatMap((event) => (event.type === 'arguments' ? [`${event.index}${event.text}`] : []));
    expect(given.map((one) => one.slice(1)).join('')).toBe('{"a":1}{"b":2}');
  });

  test('the old single call', () => {
    const { reply } = chat(
      { function_call: { name: 'f', arguments: '{"a"' } },
      { function_call: { arguments: ':1}' } },
    );
    expect(reply.message.toolCalls).toEqual([two[0]]);
  });

  test('reasoning under either name or both; other choices; usage beside the last choice', () => {
    const reader = wireOf('openai-chat').newReader();
    const send = (chunk: JsonObject): readonly WireEvent[] => reader.take(undefined, JSON.stringify(chunk));
    expect(send({ choices: [{ index: 0, delta: { reasoning: 'A', reasoning_content: 'A' } }] })).toHaveLength(1);
    send({ choices: [{ index: 1, delta: { content: 'other' } }] });
    send({
      choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 4 },
    });
    const reply = reader.reply();
    expect(reply.message.content).toEqual([
      { type: 'reasoning', text: 'A' },
      { type: 'text', text: 'Hi' },
    ]);
    expect(reply.usage).toEqual({ inputTokens: 3, outputTokens: 4 });
    expect(reader.isDone).toBe(false);
  });

  test('content as parts', () => {
    const { reply } = chat(
      { content: 'Se' },
      {
        content: [
          { type: 'text', text: 'e' },
          { type: 'odd', a: 1 },
        ],
      },
      { content: 'th' },
      { content: 'is' },
    );
    expect(reply.message.content).toEqual([
      { type: 'text', text: 'See' },
      { type: 'other', kind: 'odd', value: { type: 'odd', a: 1 } },
      { type: 'text', text: 'this' },
    ]);
  });

  test('errors say what they mean', () => {
    const failure = (data: unknown): ModelError =>
      thrown(() => wireOf('openai-chat').newReader().take(undefined, JSON.stringify(data)));
    expect(failure(openaiError('Slow down.', 'requests', 'rate_limit_exceeded')).status).toBe(429);
    expect(failure({ error: { message: 'No.', code: 403 } })).toMatchObject({ message: 'No.', status: 403 });
    expect(failure({ error: 'Upstream gone' })).toMatchObject({ message: 'Upstream gone', status: undefined });
  });
});

describe("quirks of Anthropic's dialect", () => {
  test('input that comes at once, blocks out of order, errors of each kind', () => {
    const reader = wireOf('anthropic').newReader();
    const send = (data: JsonObject): readonly WireEvent[] => reader.take(undefined, JSON.stringify(data));
    send({ type: 'message_start', message: { model: 'c', usage: { input_tokens: 3, output_tokens: 1 } } });
    send({
      type: 'content_block_start',
      index: 4,
      content_block: { type: 'tool_use', id: 'a', name: 'f', input: { a: 1 } },
    });
    send({ type: 'content_block_delta', index: 9, delta: { type: 'text_delta', text: 'lost' } });
    send({ type: 'content_block_start', index: 2, content_block: { type: 'text', text: 'Hi' } });
    send({
      type: 'message_delta',
      delta: { stop_reason: 'tool_use' },
      usage: { output_tokens: 9, input_tokens: null },
    });
    expect(reader.reply()).toMatchObject({
      message: { content: [{ type: 'text', text: 'Hi' }], toolCalls: [{ name: 'f', arguments: { a: 1 } }] },
      usage: { inputTokens: 3, outputTokens: 9 },
    });
    const status = (type: string): number | undefined =>
      thrown(() =>
        wireOf('anthropic')
          .newReader()
          .take('error', JSON.stringify(anthropicError('No.', type))),
      ).status;
    expect(
      ['rate_limit_error', 'authentication_error', 'api_error', 'invalid_request_error', 'odd'].map(status),
    ).toEqual([429, 401, 500, 400, undefined]);
  });

  test('a call whose input was cut off keeps its text', () => {
    const reader = wireOf('anthropic').newReader();
    reader.take(
      undefined,
      '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}',
    );
    reader.take(
      undefined,
      '{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\\"a\\": "}}',
    );
    const { message } = reader.reply({ cutOff: true });
    expect(message.toolCalls).toEqual([{ name: 'f', arguments: '{"a": ', unparsed: true }]);
  });
});

describe('quirks of responses', () => {
  test('an answer that failed is thrown in its words', () => {
    const failure = thrown(() => read('openai-responses', [responsesFailed('The model is gone.')]));
    expect(failure).toMatchObject({ message: 'The model is gone.', status: 500 });
  });

  test('without the whole at its end it is put together from the items, and from what was said of them', () => {
    const pieces = responsesStream(everything);
    const expected = wireOf('openai-responses').readReply(responsesAnswer(everything)).message;
    const empty = pieces.map((piece) =>
      piece.includes('response.completed')
        ? piece.replace(/"output":\[.*\],"parallel/, '"output":[],"parallel')
        : piece,
    );
    expect(empty.join('')).not.toBe(pieces.join(''));
    expect(read('openai-responses', empty).reply.message).toEqual(expected);
    const unfinished = empty.filter((piece) => !piece.includes('output_item.done'));
    expect(read('openai-responses', unfinished).reply.message).toEqual(expected);
  });

  test('what is only said at the end of an item is told then', () => {
    const pieces = responsesStream(everything).filter((piece) => !piece.includes('.delta'));
    const { events } = read('openai-responses', pieces);
    expect(told(events)).toMatchObject({
      text: everything.text,
      reasoning: everything.reasoning,
      calls: [{ name: 'get_weather' }, {}, {}],
    });
  });
});

test('numbers that no double holds stay as they were written', () => {
  const body = parseBody('{"content":[{"type":"tool_use","id":"a","name":"f","input":{"id":12345678901234567890}}]}');
  expect(wireOf('anthropic').readReply(body).message.toolCalls).toEqual([
    { name: 'f', arguments: '{"id":12345678901234567890}', unparsed: true },
  ]);
});
