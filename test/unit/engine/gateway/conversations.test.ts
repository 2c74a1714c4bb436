// Which trace a request belongs to: its headers, else the conversation that it continues; forks are branches that can be judged.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '#contract/turn';
import { noRedaction } from '#engine/redactor';
import { exportDataset } from '#engine/preference/dataset/export';
import { labelPair } from '#engine/preference/label';
import { mine } from '#engine/preference/mine';
import { traceDetail } from '#engine/trace/detail';
import { Receiver } from '#engine/trace/receive';
import { rawRecord } from '#engine/trace/source';
import { answeredWith, assistant, captureWorld, completion, request, system, user } from '#test/captured';
import { temporaryFolder } from '#test/store';
import { clock, quietTask } from '../trace/bench.ts';

const opening = [system, user('Where to?')];
const further = [...opening, assistant('To Oslo.'), user('By train?')];
const parentSpan = '00f067aa0ba902b7';
const otelTrace = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${otelTrace}-${parentSpan}-01`;

test('a request that goes on from the end of a conversation is of the same trace', async () => {
  const { store, call } = captureWorld();
  const one = await call(request(opening), completion({ content: 'To Oslo.' }));
  const two = await call(request(further), completion({ content: 'Yes.' }));
  const three = await call(request([...further, assistant('Yes.'), user('When?')]), completion({ content: 'Today.' }));
  expect([two.traceId, three.traceId]).toEqual([one.traceId, one.traceId]);
  const { trace, path, spans } = traceDetail(store, one.traceId);
  expect(trace).toMatchObject({ spanCount: 3, messageCount: 7, inputTokens: 60, outputTokens: 15 });
  expect(path).toHaveLength(7);
  expect(spans.map(({ wrote }) => path.findIndex(({ id }) => id === wrote))).toEqual([2, 4, 6]);
  // What every request repeats is stored once.
  expect(store.turns.count()).toBe(7);
});

test('a request that goes on from an older turn is a branch: another trace on the same tree', async () => {
  const { store, call } = captureWorld();
  const one = await call(request(opening), completion({ content: 'To Oslo.' }));
  await call(request(further), completion({ content: 'Yes.' }));
  const fork = await call(
    request([...opening, assistant('To Oslo.'), user('By ship?')]),
    completion({ content: 'No.' }),
  );
  const same = await call(request(opening), completion({ content: 'To Rome.' }));
  expect(new Set([one.traceId, fork.traceId, same.traceId]).size).toBe(3);
  const [first, second] = [one, fork].map(({ traceId }) => traceDetail(store, traceId));
  expect(first?.path.slice(0, 3)).toEqual(second?.path.slice(0, 3));
  // The conversation itself goes on where it ended.
  const on = await call(request([...further, assistant('Yes.'), user('When?')]), completion({ content: 'Today.' }));
  expect(on.traceId).toBe(one.traceId);
});

test('two keys that share a prefix are two traces on one tree', async () => {
  const { store, call } = captureWorld();
  const one = await call(request(opening), completion({ content: 'To Oslo.' }));
  const other = await call(request(further), completion({ content: 'Yes.' }), { key: 'other' });
  expect(other.traceId).not.toBe(one.traceId);
  expect(traceDetail(store, other.traceId).path.slice(0, 3)).toEqual(traceDetail(store, one.traceId).path);
  expect(store.turns.count()).toBe(5);
});

test('the same request twice at once are two traces, whichever ends first', async () => {
  const { capture, begin } = captureWorld();
  const [one, two] = [begin(request(opening)), begin(request(opening))];
  two.finish(answeredWith(completion({ content: 'To Rome.' })));
  one.finish(answeredWith(completion({ content: 'To Oslo.' })));
  await capture.flush();
  expect(one.traceId).not.toBe(two.traceId);
});

test('a session is one trace whatever is said in it, for each key its own', async () => {
  const { store, call } = captureWorld();
  const trace = { session: 'user 7, monday' };
  const one = await call(request(further), completion({ content: 'Yes.' }), { trace });
  const two = await call(request([user('Something else.')]), completion({ content: 'Fine.' }), { trace });
  const other = await call(request(opening), completion({ content: 'To Oslo.' }), { trace, key: 'other' });
  expect(two.traceId).toBe(one.traceId);
  expect(other.traceId).not.toBe(one.traceId);
  // The longest conversation is the one that is shown.
  expect(traceDetail(store, one.traceId)).toMatchObject({
    trace: { name: 'Where to?', spanCount: 2, messageCount: 5 },
    path: further.map(() => ({})).concat({}),
    spans: [{ attributes: { 'gen_ai.conversation.id': 'user 7, monday' } }, {}],
  });
});

test('a task is the group of its traces', async () => {
  const { store, call } = captureWorld();
  const one = await call(request(opening), completion({ content: 'To Oslo.' }), { trace: { task: 'trip' } });
  const two = await call(request([user('Other.')]), completion({ content: 'x' }), { trace: { task: 'trip' } });
  expect(two.traceId).not.toBe(one.traceId);
  expect(store.traces.list({ group: ['trip'] }, { by: 'position', descending: false }, 0, 10).total).toBe(2);
});

test('a conversation goes on after a restart', async () => {
  const before = captureWorld();
  const one = await before.call(request(opening), completion({ content: 'To Oslo.' }));
  await before.call(request(further), completion({ content: 'Yes.' }));
  const after = captureWorld({ store: before.store });
  const on = await after.call(
    request([...further, assistant('Yes.'), user('When?')]),
    completion({ content: 'Today.' }),
  );
  expect(on.traceId).toBe(one.traceId);
  const third = captureWorld({ store: before.store });
  const fork = await third.call(request([...further, assistant('Yes.'), user('Why?')]), completion({ content: 'So.' }));
  expect(fork.traceId).not.toBe(one.traceId);
});

test.each(['at once', 'after a restart'])(
  'reasoning that a client does not send back breaks no conversation: %s',
  async (when) => {
    const before = captureWorld();
    const one = await before.call(
      request(opening),
      completion({ content: 'To Oslo.', reasoning_content: 'It is cold there.' }),
    );
    const { store, call } = when === 'at once' ? before : captureWorld({ store: before.store });
    const two = await call(request(further), completion({ content: 'Yes.' }));
    expect(two.traceId).toBe(one.traceId);
    // Both forms stand in the tree, but are no choice between two answers.
    const found = await mine(store, clock, ['sibling'], quietTask());
    expect(found).toMatchObject({
      pairs: 0,
      leftOut: [{ why: expect.stringContaining('reasoning') as string, count: 1 }],
    });
  },
);

test('traceparent: the call is a span of that trace, and the spans that come by OTLP are beside it', async () => {
  const { store, call } = captureWorld();
  const receiver = new Receiver({ store, clock, redactor: noRedaction });
  const sent = await call(request(opening), completion({ content: 'To Oslo.' }), { trace: { parent: traceparent } });
  expect(sent.traceId).toBe(otelTrace);
  await receiver.receive(otlp('model call', parentSpan, true));
  const { trace, spans, path } = traceDetail(store, otelTrace);
  expect(trace).toMatchObject({ source: 'gateway', spanCount: 2, messageCount: 3, model: 'gpt-5-2025-08-07' });
  // The instrumented client tells the same tokens as the call within it: they count once.
  expect(trace).toMatchObject({ inputTokens: 20, outputTokens: 5 });
  expect(spans.map(({ name, parent }) => [name, parent])).toEqual([
    ['chat gpt-5', parentSpan],
    ['model call', undefined],
  ]);
  expect(path).toHaveLength(3);
  expect((JSON.parse(rawRecord(store, otelTrace)) as { request: JsonObject }).request).toEqual(request(opening));
});

test('OTLP first, then a call within its trace', async () => {
  const { store, call } = captureWorld();
  const receiver = new Receiver({ store, clock, redactor: noRedaction });
  await receiver.receive(otlp('agent', parentSpan, false));
  await call(request(opening), completion({ content: 'To Oslo.' }), { trace: { parent: traceparent } });
  const { trace, spans, path } = traceDetail(store, otelTrace);
  expect(trace).toMatchObject({ source: 'otlp', spanCount: 2, messageCount: 3, inputTokens: 20, outputTokens: 5 });
  expect(spans.map(({ name }) => name)).toEqual(['agent', 'chat gpt-5']);
  expect(path).toHaveLength(3);
});

function otlp(name: string, spanId: string, isModel: boolean): JsonObject {
  const attribute = (key: string, value: JsonObject): JsonObject => ({ key, value });
  const attributes = isModel
    ? [
        attribute('gen_ai.operation.name', { stringValue: 'chat' }),
        attribute('gen_ai.usage.input_tokens', { intValue: '20' }),
        attribute('gen_ai.usage.output_tokens', { intValue: '5' }),
      ]
    : [];
  const span = { traceId: otelTrace, spanId, name, startTimeUnixNano: '1750000000000000000', attributes };
  return { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] };
}

test.each([
  '',
  'x',
  `ff-${otelTrace}-${parentSpan}-01`,
  `00-${'0'.repeat(32)}-${parentSpan}-01`,
  `00-${otelTrace}-${'0'.repeat(16)}-01`,
])('a traceparent that is none says nothing: %s', async (parent) => {
  const { call } = captureWorld();
  const one = await call(request(opening), completion({ content: 'To Oslo.' }), { trace: { parent } });
  const two = await call(request(further), completion({ content: 'Yes.' }));
  expect(one.traceId).not.toBe(otelTrace);
  expect(two.traceId).toBe(one.traceId);
});

test('nobody writes into a trace that is none of the gateway', async () => {
  const { store, call } = captureWorld();
  const { traceId } = await call(request(opening), completion({ content: 'To Oslo.' }));
  const trace = store.traces.get(traceId)?.summary;
  if (trace === undefined) throw new Error('There is no trace.');
  store.traces.putRecord({ id: 'r', importId: 'gateway', position: 0 });
  store.traces.put({ summary: { ...trace, id: otelTrace, source: 'openai-chat' }, recordId: 'r', side: '' });
  const sent = await call(request([user('Hi')]), completion({ content: 'x' }), { trace: { parent: traceparent } });
  expect(sent.traceId).not.toBe(otelTrace);
  expect(store.traces.spans(otelTrace)).toEqual([]);
});

test('a fork of a captured conversation is mined, labelled and exported as a pair', async () => {
  const { store, call } = captureWorld();
  const one = await call(request(opening), completion({ content: 'To Oslo.' }), { trace: { task: 'trip' } });
  await call(request(further), completion({ content: 'Yes, in seven hours.' }));
  // The same question again, from the turn before the last answer.
  const fork = await call(request(further), completion({ content: 'Perhaps.' }), { trace: { task: 'trip' } });
  expect(await mine(store, clock, ['sibling'], quietTask())).toMatchObject({ pairs: 1, new: 1 });
  const [pair] = store.pairs.list({}, 0, 10).items;
  expect(new Set([pair?.traceA, pair?.traceB])).toEqual(new Set([one.traceId, fork.traceId]));
  expect(pair).toMatchObject({ kind: 'sibling', group: 'trip' });
  const good = traceDetail(store, one.traceId).trace.leaf;
  labelPair(store, clock, {
    pairId: pair?.id ?? '',
    annotator: 'Ada',
    choice: pair?.a === good ? 'a' : 'b',
    strength: 3,
    tags: [],
    swapped: false,
    elapsedMs: 100,
  });
  const out = join(temporaryFolder(), 'data.jsonl');
  const written = await exportDataset(
    store,
    {
      recipe: { ties: 'drop', minStrength: 1, conflicts: 'majority', unit: 'trajectory' },
      options: { target: 'trl-dpo', format: 'jsonl', split: 0, seed: 1, mask: false },
      out,
    },
    quietTask(),
  );
  expect(written).toMatchObject({ rows: 1, verified: 1 });
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
    prompt: further,
    chosen: [assistant('Yes, in seven hours.')],
    rejected: [assistant('Perhaps.')],
  });
});
