// Recorded answers: found by the turn that a request ends in, in recorded order; a miss says what is nearest and where it differs.
import { expect, test } from 'vitest';
import type { JsonObject } from '#contract/turn';
import type { Lookup } from '#engine/gateway/recorder';
import { assemble } from '#engine/models/wire/assemble';
import {
  askedOf,
  answeredWith,
  assistant,
  captureWorld,
  chunks,
  completion,
  request,
  system,
  user,
} from '#test/captured';
import { importFiles } from '#engine/trace/import/run';
import { temporaryFolder } from '#test/store';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { clock, quietTask } from '../trace/bench.ts';

const opening = [system, user('Where to?')];

function textOf(found: Lookup): string {
  if (found.kind === 'miss') throw new Error(found.sentence);
  return Buffer.from(found.body).toString('utf8');
}

function miss(found: Lookup): Extract<Lookup, { kind: 'miss' }> {
  if (found.kind === 'hit') throw new Error('It was found.');
  return found;
}

test('the same request gets the recorded bytes, whoever asks and however it is spelt', async () => {
  const { call, capture } = captureWorld();
  const answer = completion({ content: 'To Oslo.' });
  await call(
    request(opening),
    answer,
    {},
    {
      headers: [
        ['content-type', 'application/json'],
        ['x-request-id', 'r1'],
        ['Set-Cookie', 's=1'],
        ['content-length', '5'],
      ],
    },
  );
  const found = capture.find(askedOf(request(opening), 0), 'replay');
  expect(found).toMatchObject({
    kind: 'hit',
    status: 200,
    headers: [
      ['content-type', 'application/json'],
      ['x-request-id', 'r1'],
    ],
  });
  expect(textOf(found)).toBe(JSON.stringify(answer));
  const spelt = [
    { content: [{ type: 'text', text: 'You plan trips.' }], role: 'developer' },
    { content: [{ type: 'text', text: 'Where to?' }], role: 'user' },
  ];
  const more = { user: 'u2', metadata: { a: '1' }, store: true, tool_choice: 'auto', n: 1 };
  expect(capture.find(askedOf(request(spelt, more), 0, { key: 'other' }), 'replay').kind).toBe('hit');
  expect(capture.find(askedOf({ ...request(opening), model: 'openai/gpt-5' }, 0), 'replay').kind).toBe('hit');
});

test('what was not written yet is found', () => {
  const { begin, capture } = captureWorld();
  begin(request(opening)).finish(answeredWith(completion({ content: 'To Oslo.' })));
  expect(capture.find(askedOf(request(opening), 0), 'replay').kind).toBe('hit');
});

test('tool calls are the same by their places, whatever their ids', async () => {
  const { call, capture } = captureWorld();
  const turn = (id: string): JsonObject[] => [
    user('Weather?'),
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: { name: 'weather', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: id, content: 'cold' },
  ];
  await call(request(turn('call_a')), completion({ content: 'Cold.' }));
  expect(capture.find(askedOf(request(turn('call_b')), 0), 'replay').kind).toBe('hit');
});

test('of several answers the k-th asking gets the k-th, the last one repeats; each key and session begins anew', async () => {
  const { call, capture } = captureWorld();
  for (const place of ['Oslo', 'Rome', 'Bern']) await call(request(opening), completion({ content: place }));
  const ask = (asked: Parameters<typeof askedOf>[2] = {}): string => {
    const text = textOf(capture.find(askedOf(request(opening), 0, asked), 'replay'));
    return ['Oslo', 'Rome', 'Bern'].find((place) => text.includes(place)) ?? text;
  };
  expect([ask(), ask(), ask(), ask(), ask()]).toEqual(['Oslo', 'Rome', 'Bern', 'Bern', 'Bern']);
  expect([ask({ key: 'b' }), ask({ key: 'b' })]).toEqual(['Oslo', 'Rome']);
  expect([ask({ trace: { session: 's' } }), ask({ trace: { session: 't' } })]).toEqual(['Oslo', 'Oslo']);
});

test('an answer from a record is a call and a trace, but no new record', async () => {
  const { call, capture, store } = captureWorld();
  await call(request(opening), completion({ content: 'To Oslo.' }));
  const { id } = await call(request(opening), completion({ content: 'To Oslo.' }), { key: 'b' }, { from: 'record' });
  expect(store.calls.get(id)).toMatchObject({ from: 'record', costUsd: 0, outputTokens: 5 });
  expect(store.calls.exchange(id)).toBeUndefined();
  expect(capture.calls({ key: 'b' }, 10)).toHaveLength(1);
});

test.each([
  ['the model', { model: 'gpt-4' }, /model “gpt-5” where the request has “gpt-4”/],
  ['a parameter', { temperature: 1 }, /temperature “0.5” where the request has “1”/],
  ['a parameter more', { seed: 7 }, /seed absent where the request has “7”/],
  ['the form of the answer', { response_format: { type: 'json_object' } }, /response_format absent/],
])('a miss says what differs beside the messages: %s', async (_, more, why) => {
  const { call, capture } = captureWorld();
  await call(request(opening), completion({ content: 'To Oslo.' }));
  const found = miss(capture.find(askedOf({ ...request(opening), ...more }, 0), 'replay'));
  expect(found.sentence).toMatch(why);
  expect(found.nearest).toMatchObject({ messages: opening, difference: { [Object.keys(more)[0] ?? '']: {} } });
});

test('a miss shows the nearest recorded prompt and the first difference', async () => {
  const { call, capture } = captureWorld();
  const one = await call(request(opening), completion({ content: 'To Oslo.' }));
  const recorded = [...opening, assistant('To Oslo.'), user('How long does the train to Oslo take in winter?')];
  await call(request(recorded), completion({ content: 'Seven hours.' }));
  await call(request([...opening, assistant('To Oslo.'), user('No.')]), completion({ content: 'Fine.' }));
  const asked = [...opening, assistant('To Oslo.'), user('How long does the train to Oslo take in summer?')];
  const found = miss(capture.find(askedOf(request(asked), 0), 'replay'));
  expect(found.sentence).toBe(
    'The nearest recorded prompt differs in message 3 (user): recorded is “How long does the train to Oslo take in winter?”, asked is “How long does the train to Oslo take in summer?”.',
  );
  expect(found.hint).toMatch(/replay-then-live/);
  expect(found.nearest).toMatchObject({ trace: one.traceId, messages: recorded, difference: { message: 3 } });
});

test('a miss after what was recorded, before anything was, and of what nobody answered', async () => {
  const { call, capture } = captureWorld();
  expect(miss(capture.find(askedOf(request(opening), 0), 'replay')).sentence).toBe('Nothing has been recorded yet.');
  await call(request(opening), completion({ content: 'To Oslo.' }));
  const beyond = [...opening, assistant('To Oslo.'), user('Why?')];
  expect(miss(capture.find(askedOf(request(beyond), 0), 'replay')).sentence).toMatch(
    /begins with the same 2 messages, but ends there; the request goes on with message 3 \(user\): “Why\?”/,
  );
  await call(request(beyond), '', {}, { state: 'failed', status: 0 });
  expect(miss(capture.find(askedOf(request(beyond), 0), 'replay')).sentence).toMatch(/but ends there/);
});

test('a miss is no record: asked again, the nearest is the same', async () => {
  const { call, capture } = captureWorld();
  await call(request(opening), completion({ content: 'To Oslo.' }));
  for (const asked of [
    [system, user('Where from?')],
    [{ role: 'system', content: 'You plan trips by rail.' }, user('Where to?')],
  ]) {
    const first = miss(capture.find(askedOf(request(asked), 0), 'replay'));
    await call(
      request(asked),
      { error: { message: 'not recorded' } },
      {},
      { state: 'failed', status: 404, from: 'record' },
    );
    expect(miss(capture.find(askedOf(request(asked), 0), 'replay'))).toEqual(first);
    expect(first.sentence).toMatch(/recorded is “/);
  }
});

test('a miss under another system prompt or other tools', async () => {
  const { call, capture } = captureWorld();
  await call(request([{ role: 'system', content: 'You sell cheese.' }, user('Hi')]), completion({ content: 'x' }));
  await call(request(opening), completion({ content: 'To Oslo.' }));
  const other = [{ role: 'system', content: 'You plan trips by rail.' }, user('Where to?')];
  const found = miss(capture.find(askedOf(request(other), 0), 'replay'));
  expect(found.sentence).toMatch(
    /differs in its system prompt: recorded is “You plan trips\.”, asked is “You plan trips by rail\.”/,
  );
  expect(found.nearest).toMatchObject({ messages: opening });
  const tools = [{ type: 'function', function: { name: 'weather' } }];
  expect(miss(capture.find(askedOf(request(opening, { tools }), 0), 'replay')).sentence).toMatch(
    /differs in its tools/,
  );
});

test('failures that pass are no answers, refusals are', async () => {
  const { call, capture } = captureWorld();
  const failed = (status: number): Promise<unknown> =>
    call(
      request([user(`Question ${status}`)]),
      { error: { message: `no ${status}` } },
      {},
      { state: 'failed', status },
    );
  for (const status of [400, 401, 429, 503]) await failed(status);
  const kinds = [400, 401, 429, 503].map(
    (status) => capture.find(askedOf(request([user(`Question ${status}`)]), 0), 'replay').kind,
  );
  expect(kinds).toEqual(['hit', 'miss', 'miss', 'miss']);
});

test('a refusal answers the very request that was refused, not one that differs in what changes no answer', async () => {
  const { call, capture } = captureWorld();
  const asked = request([user('Where to?')]);
  const odd = { ...asked, service_tier: 'bogus' };
  const refused = { state: 'failed', status: 400 } as const;
  await call(odd, { error: { message: 'There is no such tier.' } }, { key: 'other' }, refused);
  expect(capture.find(askedOf(asked, 0), 'replay').kind).toBe('miss');
  expect(capture.find(askedOf(odd, 0), 'replay')).toMatchObject({ kind: 'hit', status: 400 });
});

test('what was asked of no model by name answers nobody who names one', async () => {
  const { call, capture } = captureWorld();
  const { model: _, ...unnamed } = request([user('Where to?')]);
  await call(unnamed, completion({ content: 'Somewhere.' }), { key: 'other' });
  expect(capture.find(askedOf({ ...unnamed, model: 'gpt-5' }, 0), 'replay').kind).toBe('miss');
  expect(capture.find(askedOf(unnamed, 0), 'replay').kind).toBe('hit');
});

test('a stream and a whole answer are made of one another', async () => {
  const { call, capture } = captureWorld();
  await call(request(opening), completion({ content: 'To Oslo.' }));
  const streamed = capture.find(askedOf(request(opening, { stream: true }), 0), 'replay');
  expect(streamed).toMatchObject({
    headers: [['content-type', expect.stringMatching(/^text\/event-stream/) as string]],
  });
  expect(assemble('openai-chat', Buffer.from(textOf(streamed))).reply?.message.content).toEqual([
    { type: 'text', text: 'To Oslo.' },
  ]);
  await call(request([user('Hi')], { stream: true }), chunks('Hello.'));
  const whole = JSON.parse(textOf(capture.find(askedOf(request([user('Hi')]), 0), 'replay'))) as JsonObject;
  expect(whole).toMatchObject({ model: 'gpt-5', choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] });
});

test('answers that came in by an import are written anew in the dialect that asks', async () => {
  const { store, capture } = captureWorld();
  const file = join(temporaryFolder(), 'log.jsonl');
  const called = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
  };
  const lines = [
    { model: 'gpt-5', messages: [...opening, assistant('To Oslo.')] },
    { model: 'gpt-5', messages: [...opening, called] },
    { model: 'llama', messages: [...opening, assistant('To Rome.')] },
  ];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await importFiles(store, clock, [file], { format: 'auto' }, quietTask());
  const ask = (asked: Parameters<typeof askedOf>[2] = {}, body = request(opening)): string =>
    textOf(capture.find(askedOf(body, 0, asked), 'replay'));
  expect(ask()).toContain('To Oslo.');
  expect(JSON.parse(ask())).toMatchObject({
    choices: [
      {
        message: { tool_calls: [{ function: { name: 'weather', arguments: '{"city":"Oslo"}' } }] },
        finish_reason: 'tool_calls',
      },
    ],
  });
  expect(ask({}, { ...request(opening), model: 'llama' })).toContain('To Rome.');
  const anthropic = { model: 'gpt-5', max_tokens: 10, system: 'You plan trips.', messages: [user('Where to?')] };
  expect(JSON.parse(ask({ dialect: 'anthropic' }, anthropic))).toMatchObject({
    type: 'message',
    content: [{ type: 'text', text: 'To Oslo.' }],
  });
  expect(
    assemble('anthropic', Buffer.from(ask({ dialect: 'anthropic', key: 'k' }, { ...anthropic, stream: true }))).reply
      ?.message.content,
  ).toEqual([{ type: 'text', text: 'To Oslo.' }]);
  const responses = { model: 'gpt-5', instructions: 'You plan trips.', input: 'Where to?' };
  expect(ask({ dialect: 'openai-responses' }, responses)).toContain('To Oslo.');
});

test('embeddings are found by what they are of', async () => {
  const { call, capture } = captureWorld();
  const asked = { dialect: 'openai-embeddings' } as const;
  await call({ model: 'e', input: 'one' }, { data: [], model: 'e', usage: { prompt_tokens: 1 } }, asked);
  expect(capture.find(askedOf({ model: 'e', input: 'one' }, 0, asked), 'replay').kind).toBe('hit');
  expect(capture.find(askedOf({ model: 'e', input: 'two' }, 0, asked), 'replay').kind).toBe('miss');
});

test('a request that cannot be read is a miss, with the reason', () => {
  const { capture } = captureWorld();
  const found = miss(capture.find(askedOf({ model: 'gpt-5', messages: [{ role: 'robot' }] }, 0), 'replay'));
  expect(found.sentence).toMatch(/cannot be read.*robot/);
});
