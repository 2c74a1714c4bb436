// Clients of two vendors and two keys on one tree; a fork of a captured conversation becomes a pair to train on; spans of an exporter beside the calls.
import Anthropic from '@anthropic-ai/sdk';
import { ChatOpenAI } from '@langchain/openai';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import OpenAI from 'openai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { newTask } from '#engine/jobs';
import { exportDataset } from '#engine/preference/dataset/export';
import { labelPair } from '#engine/preference/label';
import { mine } from '#engine/preference/mine';
import { traceDetail } from '#engine/trace/detail';
import { temporaryFolder } from '#test/store';
import { playMessages } from '#test/upstream/wire-anthropic';
import { playChat } from '#test/upstream/wire-openai';
import { openWorld, type Play, type Way } from './two-ways.ts';
import { instructions, question } from './weather.ts';

const clock = { now: () => Date.now() };
const task = () => newTask(new AbortController().signal, () => undefined);

/** Says what is answered in turn; the same to both dialects. */
function playing(...answers: readonly string[]): Play {
  let asks = 0;
  return (request) => {
    const text = answers[asks] ?? 'No more.';
    asks += 1;
    return request.path === '/v1/messages' ? playMessages({ text })(request) : playChat({ text })(request);
  };
}

function openai({ origin, apiKey }: Way, headers: Record<string, string> = {}): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0, defaultHeaders: headers });
}

const system = { role: 'system' as const, content: instructions };
const user = (content: string) => ({ role: 'user' as const, content });
const assistant = (content: string) => ({ role: 'assistant' as const, content });
const model = 'gpt-5-mini';

test('agents of three frameworks and two vendors that say the same are on one tree', async () => {
  const world = await openWorld(playing('Yes, it is.', 'Yes, it is.', 'Yes, it is.', 'No rain.', 'A little.'));
  const [one, two, three] = [world.way(), world.way(), world.way()];
  await openai(one).chat.completions.create({ model, messages: [system, user(question)] });
  const lang = new ChatOpenAI({ model, apiKey: two.apiKey, configuration: { baseURL: `${two.origin}/v1` } });
  await lang.invoke([system, user(question)]);
  const anthropic = new Anthropic({ baseURL: three.origin, apiKey: three.apiKey });
  await anthropic.messages.create({
    model: 'claude-x',
    max_tokens: 100,
    system: instructions,
    messages: [user(question)],
  });
  const first = await world.calls();
  // The context, the question, the answer: each once, whoever said it over which wire.
  expect(world.store.turns.count()).toBe(3);
  expect(new Set(first.map(({ traceId }) => traceId)).size).toBe(3);
  const paths = first.map(({ traceId }) => traceDetail(world.store, traceId ?? '').path.map(({ id }) => id));
  expect(paths[1]).toEqual(paths[0]);
  expect(paths[2]).toEqual(paths[0]);

  // From there two of them go different ways.
  const further = [user(question), assistant('Yes, it is.'), user('Will it rain?')];
  await openai(one).chat.completions.create({ model, messages: [system, ...further] });
  await anthropic.messages.create({ model: 'claude-x', max_tokens: 100, system: instructions, messages: further });
  const calls = await world.calls();
  expect(world.store.turns.count()).toBe(6);
  // Each went on with its own conversation.
  expect(calls.slice(3).map(({ traceId }) => traceId)).toEqual([first[0]?.traceId, first[2]?.traceId]);
});

test('a fork that a client made is mined, labelled and exported to train on', async () => {
  const world = await openWorld(playing('To Porto.', 'Yes, by night train.', 'Perhaps.'));
  const client = openai(world.way(), { 'x-atelier-task': 'trip' });
  const opening = [system, user('Where to?')];
  await client.chat.completions.create({ model, messages: opening });
  const further = [...opening, assistant('To Porto.'), user('By train?')];
  await client.chat.completions.create({ model, messages: further });
  // The same question once more: another answer from the same turn.
  await client.chat.completions.create({ model, messages: further });
  const calls = await world.calls();
  const { store } = world;
  expect(await mine(store, clock, ['sibling'], task())).toMatchObject({ pairs: 1, new: 1 });
  const [pair] = store.pairs.list({}, 0, 10).items;
  expect(pair).toMatchObject({ kind: 'sibling', group: 'trip' });
  expect(new Set([pair?.traceA, pair?.traceB])).toEqual(new Set([calls[1]?.traceId, calls[2]?.traceId]));
  const good = traceDetail(store, calls[1]?.traceId ?? '').trace.leaf;
  const choice = pair?.a === good ? 'a' : 'b';
  const label = { annotator: 'Ada', strength: 3 as const, tags: [], swapped: false, elapsedMs: 100 };
  labelPair(store, clock, { pairId: pair?.id ?? '', choice, ...label });
  const out = join(temporaryFolder(), 'pairs.jsonl');
  const recipe = {
    ties: 'drop' as const,
    minStrength: 1 as const,
    conflicts: 'majority' as const,
    unit: 'trajectory' as const,
  };
  const options = { target: 'trl-dpo' as const, format: 'jsonl' as const, split: 0, seed: 1, mask: false };
  expect(await exportDataset(store, { recipe, options, out }, task())).toMatchObject({ rows: 1, verified: 1 });
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
    prompt: further,
    chosen: [assistant('Yes, by night train.')],
    rejected: [assistant('Perhaps.')],
  });
});

test('the spans that an instrumented client exports and its calls are one trace', async () => {
  const world = await openWorld(playing('Yes, it is.'));
  const { origin, apiKey } = world.way({ scopes: ['models', 'telemetry'] });
  const exporter = new OTLPTraceExporter({
    url: `${origin}/v1/traces`,
    headers: { authorization: `Bearer ${apiKey}` },
  });
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  onTestFinished(() => provider.shutdown());
  const span = provider.getTracer('agent').startSpan('plan a trip');
  const { traceId, spanId } = span.spanContext();
  const traceparent = `00-${traceId}-${spanId}-01`;
  const messages = [system, user(question)];
  await openai({ origin, apiKey }, { traceparent }).chat.completions.create({ model, messages });
  span.end();
  await provider.forceFlush();
  const [call] = await world.calls();
  expect(call?.traceId).toBe(traceId);
  const { spans, trace, path } = traceDetail(world.store, traceId);
  expect(spans.map(({ name, parent }) => [name, parent])).toEqual([
    ['plan a trip', undefined],
    [`chat ${model}`, spanId],
  ]);
  expect(trace).toMatchObject({ spanCount: 2, inputTokens: 12, outputTokens: 7 });
  expect(path).toHaveLength(3);
  expect(world.upstream.requests[0]?.headers).toContainEqual(['traceparent', traceparent]);
  expect(world.failures).toEqual([]);
});
