// Answers, both ways: written whole or as a stream, told piece by piece or at once, they read as what was said.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, Part } from '#contract/turn';
import { EventReader } from '#engine/models/wire/sse';
import type { ReplyFrame, WireEvent, WireReply } from '#engine/models/wire/wire';
import { wireOf } from '#engine/models/wire/wires';
import { replyOf } from './arbitrary.ts';

const dialects = ['openai-chat', 'openai-responses', 'anthropic'] as const;
const frame: ReplyFrame = { id: 'a1b2-c3', model: 'm-1', at: 1_767_225_600_000, includeUsage: true };

/** Ties are what a written answer carries of itself; they are no part of what was said. */
function said(whole: WireReply): Omit<WireReply, 'ties'> {
  const { ties: _, ...reply } = whole;
  return reply;
}

function eventsOf(reply: WireReply): WireEvent[] {
  const texts = reply.message.content.flatMap((part): WireEvent[] => {
    if (part.type !== 'text' && part.type !== 'reasoning') return [];
    const channel = part.type;
    const pieces = part.text.match(/[\s\S]{1,3}/gu) ?? [];
    return pieces.map((text) => ({ type: 'text', channel, text }));
  });
  const calls = (reply.message.toolCalls ?? []).flatMap((call, index): WireEvent[] => {
    const id = reply.callIds[index];
    const given = call.arguments;
    const text = call.unparsed === true && typeof given === 'string' ? given : JSON.stringify(given);
    return [
      { type: 'call', index, name: call.name, ...(id === undefined ? {} : { id }) },
      ...(text.match(/[\s\S]{1,4}/gu) ?? []).map((piece) => ({ type: 'arguments' as const, index, text: piece })),
    ];
  });
  return [...texts, ...calls];
}

/** A stream's text read again. */
function readBack(dialect: (typeof dialects)[number], text: string): { reply: WireReply; events: WireEvent[] } {
  const reader = wireOf(dialect).newReader();
  const sse = new EventReader();
  const events = [...sse.push(Buffer.from(text)), ...sse.end()].flatMap(({ event, data }) => reader.take(event, data));
  expect(reader.isDone).toBe(true);
  return { reply: reader.reply(), events };
}

function textOf(events: readonly WireEvent[], channel: 'text' | 'reasoning'): string {
  return events.flatMap((event) => (event.type === 'text' && event.channel === channel ? [event.text] : [])).join('');
}

function partText(content: readonly Part[], type: 'text' | 'reasoning'): string {
  return content.flatMap((part) => (part.type === type ? [part.text] : [])).join('');
}

describe.each(dialects)('%s', (dialect) => {
  const wire = wireOf(dialect);

  test('an answer that is written whole reads the same', () => {
    fc.assert(
      fc.property(replyOf(dialect), (reply) => {
        expect(said(wire.readReply(JSON.parse(JSON.stringify(wire.writeReply(reply, frame))) as Json))).toEqual(reply);
      }),
      { numRuns: 400 },
    );
  });

  test('a stream reads the same, however much of it was told before its end', () => {
    fc.assert(
      fc.property(replyOf(dialect), fc.double({ min: 0, max: 1, noNaN: true }), (reply, share) => {
        const events = eventsOf(reply);
        const told = events.slice(0, Math.round(events.length * share));
        const writer = wire.newWriter(frame);
        const text = [writer.start(), ...told.map((event) => writer.write(event)), writer.end(reply)].join('');
        const back = readBack(dialect, text);
        expect(said(back.reply)).toEqual(reply);
        expect(textOf(back.events, 'text')).toBe(partText(reply.message.content, 'text'));
        expect(textOf(back.events, 'reasoning')).toBe(partText(reply.message.content, 'reasoning'));
        const names = back.events.flatMap((event) => (event.type === 'call' ? [event.name] : []));
        expect(names).toEqual((reply.message.toolCalls ?? []).map(({ name }) => name));
      }),
      { numRuns: 400 },
    );
  });

  test('calls that are told across one another are whole in the end', () => {
    const calls = [
      { name: 'f', arguments: { a: 1 } },
      { name: 'g', arguments: { b: 2 } },
    ];
    const reply: WireReply = {
      message: { role: 'assistant', content: [{ type: 'text', text: 'Now.' }], toolCalls: calls },
      stop: 'tools',
      model: 'm-1',
      usage: { inputTokens: 1, outputTokens: 1, cachedTokens: 0, reasoningTokens: 0 },
      callIds: ['x', 'y'],
    };
    const across: WireEvent[] = [
      { type: 'text', channel: 'text', text: 'No' },
      { type: 'call', index: 0, name: 'f', id: 'x' },
      { type: 'arguments', index: 0, text: '{"a"' },
      { type: 'call', index: 1, name: 'g', id: 'y' },
      { type: 'arguments', index: 1, text: '{"b":' },
      { type: 'arguments', index: 0, text: ':1}' },
      { type: 'arguments', index: 1, text: '2}' },
      { type: 'text', channel: 'text', text: 'w.' },
    ];
    const writer = wire.newWriter(frame);
    const text = [writer.start(), ...across.map((event) => writer.write(event)), writer.end(reply)].join('');
    const { message, callIds } = readBack(dialect, text).reply;
    expect(message.toolCalls).toEqual(calls);
    expect(callIds).toEqual(['x', 'y']);
    expect(partText(message.content, 'text')).toBe('Now.');
  });

  test('calls without an id get one that no other answer has', () => {
    const reply: WireReply = {
      message: {
        role: 'assistant',
        content: [],
        toolCalls: [
          { name: 'f', arguments: {} },
          { name: 'f', arguments: {} },
        ],
      },
      stop: 'tools',
      model: 'm-1',
      usage: { inputTokens: 1, outputTokens: 1 },
      callIds: [undefined, undefined],
    };
    const one = wire.readReply(wire.writeReply(reply, frame)).callIds;
    const two = wire.readReply(wire.writeReply(reply, { ...frame, id: 'other' })).callIds;
    expect(new Set([...one, ...two]).size).toBe(4);
    const writer = wire.newWriter(frame);
    expect(readBack(dialect, writer.start() + writer.end(reply)).reply.callIds).toEqual(one);
  });

  test('what an answer holds that the dialect cannot say is told', () => {
    const omitted: string[] = [];
    const reply: WireReply = {
      message: {
        role: 'assistant',
        content: [
          { type: 'text', text: 'See:' },
          { type: 'image', url: 'https://example.org/a.png' },
          { type: 'other', kind: 'hologram', value: { type: 'hologram' } },
        ],
      },
      stop: 'end',
      model: 'm-1',
      usage: { inputTokens: 1, outputTokens: 1 },
      callIds: [],
    };
    const told = { ...frame, omitted: (what: string) => omitted.push(what) };
    wire.writeReply(reply, told);
    expect(omitted).toEqual(['content[1] (image)', 'content[2] (hologram)']);
    wire.newWriter(told).end(reply);
    expect(omitted.slice(2)).toEqual(['content[1] (image)', 'content[2] (hologram)']);
  });

  test('an error is read in the words in which it is written', () => {
    for (const status of [400, 401, 404, 429, 500, 529])
      expect(wire.readError(wire.writeError(status, 'No such model.'))).toBe('No such model.');
  });

  test('an error in a stream is thrown in its words', () => {
    const writer = wire.newWriter(frame);
    const text =
      writer.start() + writer.write({ type: 'text', channel: 'text', text: 'Hal' }) + writer.fail('It broke.');
    expect(() => readBack(dialect, text)).toThrow('It broke.');
  });
});

describe('usage', () => {
  test("what Anthropic's cache gave and was given counts as input", () => {
    const usage = {
      input_tokens: 10,
      cache_creation_input_tokens: 200,
      cache_read_input_tokens: 3000,
      output_tokens: 5,
      output_tokens_details: { thinking_tokens: 2 },
    };
    expect(wireOf('anthropic').readReply({ content: [], usage }).usage).toEqual({
      inputTokens: 3210,
      outputTokens: 5,
      cachedTokens: 3000,
      reasoningTokens: 2,
    });
  });

  test('counts that are none are nothing', () => {
    const odd = { prompt_tokens: -5, completion_tokens: 'many', prompt_tokens_details: { cached_tokens: 1.6 } };
    const { usage } = wireOf('openai-chat').readReply({ choices: [{ message: { content: 'a' } }], usage: odd });
    expect(usage).toEqual({ inputTokens: 0, outputTokens: 0, cachedTokens: 2 });
  });
});

describe('how an answer ended', () => {
  const chat = (finish: string | null, message: Json = { content: 'a' }): string =>
    wireOf('openai-chat').readReply({ choices: [{ message, finish_reason: finish }] }).stop;
  const calls = { content: null, tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] };

  test('chat', () => {
    expect(
      ['stop', 'length', 'tool_calls', 'function_call', 'content_filter', 'odd', null].map((one) => chat(one)),
    ).toEqual(['end', 'length', 'tools', 'tools', 'refusal', 'odd', 'end']);
    // Some say "stop" where they call a tool.
    expect(chat('stop', calls)).toBe('tools');
    expect(chat('stop', { content: null, refusal: 'No.' })).toBe('refusal');
  });

  test('anthropic', () => {
    const stop = (reason: string): string => wireOf('anthropic').readReply({ content: [], stop_reason: reason }).stop;
    const reasons = ['end_turn', 'stop_sequence', 'max_tokens', 'tool_use', 'refusal', 'pause_turn', 'constructor'];
    expect(reasons.map(stop)).toEqual(['end', 'end', 'length', 'tools', 'refusal', 'pause_turn', 'constructor']);
  });

  test('responses', () => {
    const wire = wireOf('openai-responses');
    const stop = (reason: string): string =>
      wire.readReply({ output: [], status: 'incomplete', incomplete_details: { reason } }).stop;
    expect(['max_output_tokens', 'content_filter', 'odd'].map(stop)).toEqual(['length', 'refusal', 'odd']);
    expect(() => wire.readReply({ output: [], status: 'queued' })).toThrow('not there yet');
    expect(() =>
      wire.readReply({ output: [], status: 'failed', error: { code: 'server_error', message: 'Oh.' } }),
    ).toThrow('Oh.');
  });
});

test('log probabilities come as the provider gave them', () => {
  const content = [{ token: 'Hi', logprob: -0.1, bytes: [72, 105], top_logprobs: [] }];
  const chat = wireOf('openai-chat');
  const reply = chat.readReply({ choices: [{ message: { content: 'Hi' }, logprobs: { content } }] });
  expect(reply.logprobs).toEqual({ content });
  const responses = wireOf('openai-responses');
  expect(responses.readReply(responses.writeReply(reply, frame)).logprobs).toEqual(content);
  const writer = responses.newWriter(frame);
  expect(readBack('openai-responses', writer.start() + writer.end(reply)).reply.logprobs).toEqual(content);
});
