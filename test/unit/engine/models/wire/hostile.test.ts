// Whatever comes over the wire, the readers answer with what they read or with a reason.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '#contract/turn';
import { ModelError } from '#engine/models/model';
import { Problem } from '#engine/problem';
import { assemble } from '#engine/models/wire/assemble';
import { readEmbeddingsReply } from '#engine/models/wire/embeddings';
import { EventReader } from '#engine/models/wire/sse';
import { wireOf } from '#engine/models/wire/wires';
import { messagesStream } from '#test/upstream/wire-anthropic';
import { chatStream } from '#test/upstream/wire-openai';
import { responsesStream } from '#test/upstream/wire-responses';
import { anthropicBody, chatBody, responsesBody } from './conversations.ts';

const dialects = ['openai-chat', 'openai-responses', 'anthropic'] as const;
const runs = 1200;

/** Words that mean something to one of the readers, so that chance finds its way in. */
const keys = `model messages input role content type text tools tool_calls function name arguments id call_id choices message delta index
  output item output_index usage stop_reason finish_reason error response content_block source system summary status __proto__ constructor
  toString $number embedding data function_call reasoning_details`;
const key = fc.oneof(fc.constantFrom(...keys.split(/\s+/)), fc.string({ maxLength: 4 }));
const words = `user assistant system tool text tool_use tool_result thinking image function error message reasoning function_call
  function_call_output message_start content_block_start [DONE] content_block_delta message_delta input_json_delta
  response.output_item.added response.completed response.output_text.delta response.failed response.output_item.done constructor 1e999 {`;
const word = fc.constantFrom(...words.split(/\s+/));
const anyJson = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthSize: 'large' },
    word,
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.double(),
    fc.integer(),
    fc.constantFrom(true, false, null, -1, 1e300),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(key, tie('value')), { maxLength: 5 })
      .map((members) => JSON.parse(JSON.stringify(Object.fromEntries(members))) as Json),
  ),
})).value;

/** A real body with something else in one of its places. */
function spoilt(body: Json): fc.Arbitrary<Json> {
  const places = count(body);
  return fc.tuple(fc.nat(places - 1), anyJson).map(([at, value]) => replaced(body, { left: at }, value));
}

function count(value: Json): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, inner: Json) => sum + count(inner), 1);
}

function replaced(value: Json, state: { left: number }, by: Json): Json {
  if (state.left === 0) {
    state.left = -1;
    return by;
  }
  state.left -= 1;
  if (Array.isArray(value)) return value.map((inner: Json) => replaced(inner, state, by));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replaced(inner, state, by)]));
}

/** True where it came to something, false where it was refused with a reason. */
function isRead(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (!(error instanceof Problem || error instanceof ModelError)) throw error;
    if (error.message === '') throw new Error('It was refused without a reason.', { cause: error });
    return false;
  }
}

const streams = { 'openai-chat': chatStream, 'openai-responses': responsesStream, anthropic: messagesStream } as const;
const bodies = { 'openai-chat': chatBody, 'openai-responses': responsesBody, anthropic: anthropicBody } as const;

describe.each(dialects)('%s', (dialect) => {
  const wire = wireOf(dialect);

  test('requests: what is read can be written again, or is refused by name', () => {
    let read = 0;
    const body = fc.oneof(
      { weight: 3, arbitrary: spoilt(bodies[dialect]) },
      { weight: 1, arbitrary: anyJson },
      { weight: 1, arbitrary: anyJson.map((messages): Json => ({ model: 'm', messages, input: messages })) },
    );
    fc.assert(
      fc.property(body, (given) => {
        isRead(() => {
          const { request } = wire.readRequest(given);
          read += 1;
          for (const other of dialects) isRead(() => wireOf(other).writeRequest(request, () => undefined));
        });
      }),
      { numRuns: runs },
    );
    expect(read).toBeGreaterThan(runs / 20);
  });

  test('answers', () => {
    const choice = fc.record({ message: anyJson, finish_reason: anyJson, logprobs: anyJson });
    const answer = fc.oneof(
      anyJson,
      fc.record({
        choices: fc.tuple(choice),
        content: fc.array(anyJson),
        output: fc.array(anyJson),
        usage: anyJson,
        status: anyJson,
      }),
    );
    fc.assert(
      fc.property(answer, (given) => {
        isRead(() => {
          const reply = wire.readReply(given);
          const frame = { id: 'x', model: 'm', at: 0 };
          for (const other of dialects) {
            wireOf(other).writeReply(reply, frame);
            const writer = wireOf(other).newWriter(frame);
            const text = writer.start() + writer.end(reply);
            const again = assemble(other, Buffer.from(text));
            expect(again.reply?.message.toolCalls?.length).toBe(reply.message.toolCalls?.length);
          }
        });
        wire.readError(given);
      }),
      { numRuns: runs },
    );
  });

  test('an answer whose message has what looks like a call in it makes none', () => {
    const reply = wireOf('openai-chat').readReply({
      choices: [{ message: { role: 'assistant', content: [{ type: 'function_call', name: 'f' }] } }],
    });
    const again = assemble(
      'openai-responses',
      Buffer.from(JSON.stringify(wireOf('openai-responses').writeReply(reply, { id: 'x', model: 'm', at: 0 }))),
    );
    expect(again.reply?.message.toolCalls).toBeUndefined();
  });

  test('streams, of events that mean something in an order that does not', () => {
    const events = streams[dialect]({ reasoning: 'Hm', text: 'Hi', calls: [{ name: 'f', arguments: { a: 1 } }] });
    const data = events.map((piece) => /^data: (.*)$/m.exec(piece)?.[1] ?? '');
    const one = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...data) },
      {
        weight: 2,
        arbitrary: fc
          .constantFrom(...data.filter((text) => text.startsWith('{')))
          .chain((text) => spoilt(JSON.parse(text) as Json).map((value) => JSON.stringify(value))),
      },
      { weight: 1, arbitrary: anyJson.map((value) => JSON.stringify(value)) },
      { weight: 1, arbitrary: fc.string() },
    );
    let read = 0;
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (list) => {
        const reader = wire.newReader();
        isRead(() => list.forEach((text) => reader.take(undefined, text)));
        isRead(() => reader.reply());
        read += isRead(() => reader.reply({ cutOff: true })) ? 1 : 0;
      }),
      { numRuns: runs },
    );
    expect(read).toBeGreaterThan(runs / 20);
  });

  test('bytes', () => {
    const stream = Buffer.from(
      streams[dialect]({ text: 'Hi 🦊', calls: [{ name: 'f', arguments: { a: 1 } }] }).join(''),
    );
    const spoiled = fc
      .tuple(fc.nat(stream.length - 1), fc.uint8Array({ maxLength: 6 }), fc.nat(40))
      .map(([at, put, cut]) => Buffer.concat([stream.subarray(0, at), put, stream.subarray(at + cut)]));
    fc.assert(
      fc.property(fc.oneof(spoiled, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        const { reply, problem } = assemble(dialect, bytes);
        expect(reply !== undefined || problem !== undefined).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  test('what is nested too deep is refused', () => {
    const lists = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const objects = `${'{"content":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    for (const text of [lists, objects]) {
      const inner = JSON.parse(text) as Json;
      const event = `{"choices":${text},"delta":${text}}`;
      expect(isRead(() => wire.readRequest({ model: 'm', messages: inner, input: inner, tools: inner }))).toBe(false);
      expect(isRead(() => wire.readReply({ choices: inner, content: inner, output: inner }))).toBe(false);
      expect(isRead(() => wire.newReader().take(undefined, event))).toBe(false);
      expect(assemble(dialect, Buffer.from(event)).problem).toContain('nested');
    }
  });

  test('a long answer in small pieces costs no more than it is long', () => {
    const reader = wire.newReader();
    const text = 'x'.repeat(1_000_000);
    // Were each piece to cost all that came before it, this would not end within the time that a test has.
    const many = streams[dialect]({ text: 'word '.repeat(20_000), calls: [{ name: 'f', arguments: { text } }] });
    for (const piece of many) reader.take(undefined, /^data: (.*)$/m.exec(piece)?.[1] ?? '');
    expect(reader.reply().message.toolCalls).toEqual([{ name: 'f', arguments: { text } }]);
  });
});

test('embeddings', () => {
  const answer = fc.oneof(
    anyJson,
    fc.record({
      data: fc.array(
        fc.record({ index: fc.nat(3), embedding: fc.oneof(anyJson, fc.array(fc.integer()), fc.base64String()) }),
      ),
    }),
  );
  fc.assert(
    fc.property(answer, fc.nat(3), (given, texts) => {
      isRead(() => expect(readEmbeddingsReply(given, texts).vectors).toHaveLength(texts));
    }),
    { numRuns: runs },
  );
});

test('bytes into the reader of events: never more events than lines, whatever they are', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 20 }),
          fc
            .constantFrom('data: x\n', '\r', '\n', '\uFEFF', ': c\r\n', 'data')
            .map((text) => new Uint8Array(Buffer.from(text))),
        ),
      ),
      (pieces) => {
        const apart = new EventReader(4096);
        const one = new EventReader(4096);
        const events = [...pieces.flatMap((piece) => [...apart.push(piece)]), ...apart.end()];
        const whole = Buffer.concat(pieces);
        expect(events).toEqual([...one.push(whole), ...one.end()]);
        expect(events.length).toBeLessThanOrEqual(whole.toString('latin1').split(/[\r\n]/).length);
      },
    ),
    { numRuns: runs },
  );
});
