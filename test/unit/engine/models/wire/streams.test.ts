// Streams as real servers send them and networks deliver them: split anywhere, with odd line ends, broken off, with errors, with quirks.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/turn';
import { ModelError } from '#engine/models/model';
import { assemble } from '#engine/models/wire/assemble';
import { EventReader, eventsOf } from '#engine/models/wire/sse';
import type { ChatDialect } from '#engine/models/wire/wire';
import { wireOf } from '#engine/models/wire/wires';
import { startFakeUpstream } from '#test/upstream/fake-upstream';
import { cutAfter, endAfter, errorAfter, everyByte, harmless, splitAt, withCrlf } from '#test/upstream/quirks';
import { playStream, type Said } from '#test/upstream/said';
import { messagesAnswer, messagesStream, messagesStreamError } from '#test/upstream/wire-anthropic';
import { chatAnswer, chatStream, chatStreamError } from '#test/upstream/wire-openai';
import { responsesAnswer, responsesStream, responsesStreamError } from '#test/upstream/wire-responses';
import { everything, read, thrown, told } from './stream-world.ts';

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
