// Streams as real servers send them and networks deliver them: split anywhere, with odd line ends, broken off, with errors, with quirks.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/turn';
import { ModelError } from '#engine/models/model';
import { assemble, parseBody } from '#engine/models/wire/assemble';
import { EventReader, eventsOf } from '#engine/models/wire/sse';
import type { ChatDialect, StreamReader, WireEvent, WireReply } from '#engine/models/wire/wire';
import { wireOf } from '#engine/models/wire/wires';
import { startFakeUpstream } from '#test/upstream/fake-upstream';
import { cutAfter, endAfter, errorAfter, everyByte, harmless, splitAt, withCrlf } from '#test/upstream/quirks';
import { playStream, type Said } from '#test/upstream/said';
import { anthropicError, messagesAnswer, messagesStream, messagesStreamError } from '#test/upstream/wire-anthropic';
import { chatAnswer, chatStream, chatStreamError, openaiError } from '#test/upstream/wire-openai';
import { responsesAnswer, responsesFailed, responsesStream, responsesStreamError } from '#test/upstream/wire-responses';

const everything: Said = {
  reasoning: 'The person is in Paris – naïvely.',
  signature: 'c2lnbmVk',
  text: 'Ça va? 🦊 Let me look at 漢字.',
  calls: [
    { name: 'get_weather', arguments: { city: 'Zürich', days: [1, 2.5] } },
    { name: 'now', arguments: {} },
    { name: 'get_weather', arguments: { city: 'São Paulo', note: 'a "quoted" \n line' } },
  ],
  usage: { input: 120, output: 45, cached: 20, reasoning: 12 },
};

interface Provider {
  readonly stream: (said: Said) => string[];
  readonly answer: (said: Said) => JsonObject;
  readonly error: string;
  readonly sentence: string;
  readonly status: number;
}

const providers: Readonly<Record<ChatDialect, Provider>> = {
  'openai-chat': {
    stream: chatStream,
    answer: chatAnswer,
    error: chatStreamError,
    sentence: 'The server had an error while processing your request.',
    status: 500,
  },
  'openai-responses': {
    stream: responsesStream,
    answer: responsesAnswer,
    error: responsesStreamError,
    sentence: 'The server had an error while processing your request.',
    status: 500,
  },
  anthropic: {
    stream: messagesStream,
    answer: messagesAnswer,
    error: messagesStreamError,
    sentence: 'Overloaded',
    status: 529,
  },
};

interface Read {
  readonly reply: WireReply;
  readonly events: readonly WireEvent[];
}

function read(dialect: ChatDialect, pieces: readonly (string | Uint8Array)[]): Read {
  const sse = new EventReader();
  const reader = wireOf(dialect).newReader();
  const all = [...pieces.flatMap((piece) => [...sse.push(Buffer.from(piece))]), ...sse.end()];
  const events = all.flatMap(({ event, data }) => [...reader.take(event, data)]);
  return { reply: reader.reply(), events };
}

/** What was told as it came, put together. */
function told(events: readonly WireEvent[]): unknown {
  const text = { text: '', reasoning: '' };
  const calls: { name: string; id?: string | undefined; text: string }[] = [];
  for (const event of events) {
    if (event.type === 'text') text[event.channel] += event.text;
    else if (event.type === 'call') {
      if (event.index !== calls.length) throw new Error(`Call ${event.index} came as number ${calls.length}.`);
      calls.push({ name: event.name, id: event.id, text: '' });
    } else {
      const call = calls[event.index];
      if (call === undefined) throw new Error('Arguments came before their call.');
      call.text += event.text;
    }
  }
  return {
    ...text,
    calls: calls.map(({ text: given, ...call }) => ({ ...call, arguments: JSON.parse(given || '{}') as unknown })),
  };
}

function thrown(run: () => unknown): ModelError {
  try {
    run();
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

describe.each(Object.keys(providers) as ChatDialect[])('%s', (dialect) => {
  const { stream, answer, error, sentence, status } = providers[dialect];
  const pieces = stream(everything);
  const expected = wireOf(dialect).readReply(answer(everything));

  test('a stream is the answer that would have come at once', () => {
    const { reply, events } = read(dialect, pieces);
    expect(reply).toEqual(expected);
    expect(told(events)).toEqual({
      text: everything.text,
      reasoning: everything.reasoning,
      calls: everything.calls?.map((call, index) => ({ ...call, id: expected.callIds[index] })),
    });
    expect(reply.usage).toEqual({ inputTokens: 120, outputTokens: 45, cachedTokens: 20, reasoningTokens: 12 });
    expect(reply.stop).toBe('tools');
  });

  test.each(Object.entries(harmless))('%s it reads the same', (_, change) => {
    expect(read(dialect, change(pieces))).toEqual(read(dialect, pieces));
  });

  test('split after any byte it reads the same', () => {
    const short = stream({ text: 'é🦊', calls: [{ name: 'f', arguments: { a: 'ü' } }] });
    const whole = read(dialect, short);
    for (const form of [short, withCrlf(short)]) {
      const { length } = Buffer.from(form.join(''));
      expect(length).toBeGreaterThan(500);
      for (let at = 0; at <= length; at += 1) expect(read(dialect, splitAt(form, at)).reply).toEqual(whole.reply);
    }
  });

  test('over a connection, byte by byte', async () => {
    const upstream = await startFakeUpstream(() => playStream(everyByte(withCrlf(stream({ text: 'Ça va?' })))));
    try {
      const { body } = await fetch(upstream.origin);
      const reader = wireOf(dialect).newReader();
      for await (const { event, data } of eventsOf(body ?? new ReadableStream())) reader.take(event, data);
      expect(reader.reply()).toEqual(wireOf(dialect).readReply(answer({ text: 'Ça va?' })));
    } finally {
      await upstream.close();
    }
  });

  test('cut off after any event it is refused as an answer, and what there is of it can be had', () => {
    let partial = 0;
    for (let events = 1; events < pieces.length - 3; events += 1) {
      const bytes = Buffer.from(endAfter(pieces, events).join(''));
      const { reply, problem } = assemble(dialect, bytes);
      expect(problem).toBe('The answer broke off before it was whole.');
      const text = reply?.message.content.find((part) => part.type === 'text');
      expect(everything.text?.startsWith(text?.type === 'text' ? text.text : '')).toBe(true);
      partial += reply === undefined || reply.message.content.length === 0 ? 0 : 1;
    }
    expect(partial).toBeGreaterThan(10);
    // Amid the event that follows.
    const torn = Buffer.from(pieces.join('')).subarray(0, Buffer.from(endAfter(pieces, 4).join('')).length + 9);
    expect(assemble(dialect, torn).problem).toBe('The answer broke off before it was whole.');
  });

  test('a connection that breaks is what the body throws', async () => {
    const upstream = await startFakeUpstream(() => playStream(cutAfter(pieces, 4)));
    try {
      const { body } = await fetch(upstream.origin);
      const run = async (): Promise<void> => {
        for await (const _ of eventsOf(body ?? new ReadableStream()));
      };
      await expect(run()).rejects.toThrow('terminated');
    } finally {
      await upstream.close();
    }
  });

  test('an error amid the stream is thrown in the words of the provider, with its status', () => {
    const failure = thrown(() => read(dialect, errorAfter(pieces, 5, error)));
    expect(failure.message).toBe(sentence);
    expect(failure.status).toBe(status);
    const { reply, problem } = assemble(dialect, Buffer.from(errorAfter(pieces, 8, error).join('')));
    expect(problem).toBe(sentence);
    expect(reply?.message.content[0]).toMatchObject({ type: 'reasoning' });
  });

  test('bytes that are a whole answer, or a stream, are put together', () => {
    expect(assemble(dialect, Buffer.from(pieces.join('')))).toEqual({ reply: expected, problem: undefined });
    const json = `\n ${JSON.stringify(answer(everything), null, 2)}\n`;
    expect(assemble(dialect, Buffer.from(json))).toEqual({ reply: expected, problem: undefined });
    expect(assemble(dialect, Buffer.from('')).reply).toBeUndefined();
    expect(assemble(dialect, Buffer.from('<html>Bad gateway</html>')).reply).toBeUndefined();
  });

  test('an answer that is cut off by its limit says so', () => {
    const long = { text: 'And so', tooLong: true };
    expect(read(dialect, stream(long)).reply.stop).toBe('length');
    expect(wireOf(dialect).readReply(answer(long)).stop).toBe('length');
  });

  test('what is no JSON is refused with what it was', () => {
    expect(thrown(() => wireOf(dialect).newReader().take(undefined, 'busy')).message).toContain('busy');
    expect(thrown(() => read(dialect, [])).status).toBe(502);
  });

  test('events that nobody knows are passed over', () => {
    const reader = wireOf(dialect).newReader();
    for (const data of ['{"type":"response.odd.delta","output_index":9,"delta":"x"}', '{"choices":[]}', '{}'])
      expect(reader.take('odd', data)).toEqual([]);
  });
});

describe('events', () => {
  test('one that is too large is refused, in pieces and at once', () => {
    for (const text of [`data: ${'x'.repeat(50)}\n\n`, `data: ${'x'.repeat(50)}`, `${'data: xxxxx\n'.repeat(10)}\n`]) {
      const whole = new EventReader(32);
      expect(() => whole.push(Buffer.from(text))).toThrow(ModelError);
      expect(() => whole.push(Buffer.from('data: a\n\n'))).toThrow(ModelError);
      const pieces = new EventReader(32);
      expect(() => Array.from(Buffer.from(text), (byte) => pieces.push(Uint8Array.of(byte)))).toThrow(ModelError);
    }
    const many = new EventReader(32);
    expect(many.push(Buffer.from(`: ${'c'.repeat(500)}\n\n${'data: x\n\n'.repeat(100)}`))).toHaveLength(100);
  });

  test('the last one needs no empty line after it, if it is whole', () => {
    const end = (text: string): readonly unknown[] => {
      const reader = new EventReader();
      return [...reader.push(Buffer.from(text)), ...reader.end()];
    };
    expect(end('data: [DONE]')).toEqual([{ event: undefined, data: '[DONE]' }]);
    expect(end('event: x\r\ndata: {"a":1}\r')).toEqual([{ event: 'x', data: '{"a":1}' }]);
    expect(end('data: {"a":')).toEqual([]);
  });
});

describe('quirks of chat servers', () => {
  function chat(...deltas: readonly JsonObject[]): Read & { readonly reader: StreamReader } {
    const reader = wireOf('openai-chat').newReader();
    const events = deltas.flatMap((delta) => [
      ...reader.take(undefined, JSON.stringify({ choices: [{ index: 0, delta }] })),
    ]);
    reader.take(undefined, '{"choices":[{"delta":{},"finish_reason":"stop"}]}');
    return { events, reply: reader.reply(), reader };
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
