// Capture: what goes through the gateway becomes turns, traces, spans, calls and exchanges, and gives back what was sent.
import { expect, test } from 'vitest';
import type { JsonObject } from '#contract/turn';
import { traceDetail } from '#engine/trace/detail';
import { exportTranscripts } from '#engine/trace/export/run';
import { rawRecord } from '#engine/trace/source';
import {
  answeredWith,
  askedOf,
  assistant,
  captureWorld,
  chunks,
  completion,
  request,
  system,
  user,
} from '#test/captured';
import { quietTask, workbench } from '../trace/bench.ts';

function parsed(text: string): { readonly request: JsonObject; readonly response: unknown } {
  return JSON.parse(text) as { request: JsonObject; response: unknown };
}

const weather: JsonObject = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};

test('a call is a trace with its turns, its span and its figures', async () => {
  const { store, call, changed, capture } = captureWorld();
  const body = request([system, user('Where to?')], { top_p: 0.9, stop: 'END', seed: 7 });
  const { id, traceId } = await call(body, completion({ content: 'To Oslo.' }), { trace: { task: 'trip-1' } });
  expect(traceId).toMatch(/^[\da-f]{32}$/);
  const { trace, path, spans, timed } = traceDetail(store, traceId);
  expect(trace).toMatchObject({
    name: 'Where to?',
    source: 'gateway',
    importId: 'gateway',
    group: 'trip-1',
    model: 'gpt-5-2025-08-07',
    messageCount: 3,
    spanCount: 1,
    toolCallCount: 0,
    inputTokens: 20,
    outputTokens: 5,
  });
  expect(trace.error).toBeUndefined();
  expect(trace.leaf).toBe(path.at(-1)?.id);
  expect(timed).toBe(true);
  expect(path.map(({ message }) => [message.role, message.content])).toEqual([
    ['context', [{ type: 'text', text: 'You plan trips.' }]],
    ['user', [{ type: 'text', text: 'Where to?' }]],
    ['assistant', [{ type: 'text', text: 'To Oslo.' }]],
  ]);
  const [span] = spans;
  expect(span).toMatchObject({ name: 'chat gpt-5', kind: 'model', read: path[1]?.id, wrote: path[2]?.id });
  expect((span?.endedAt ?? 0) - (span?.startedAt ?? 0)).toBe(5);
  expect(span?.attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.system': 'openai',
    'gen_ai.request.model': 'gpt-5',
    'gen_ai.request.temperature': 0.5,
    'gen_ai.request.top_p': 0.9,
    'gen_ai.request.seed': 7,
    'gen_ai.request.stop_sequences': ['END'],
    'gen_ai.response.id': 'chatcmpl-1',
    'gen_ai.response.model': 'gpt-5-2025-08-07',
    'gen_ai.response.finish_reasons': ['end'],
    'gen_ai.usage.input_tokens': 20,
    'gen_ai.usage.output_tokens': 5,
    'atelier.cost_usd': 0.03,
    'http.response.status_code': 200,
    'atelier.call': id,
    'atelier.key': 'agent',
    'atelier.from': 'upstream',
    'atelier.first_byte_ms': 3,
  });
  expect(store.calls.get(id)).toMatchObject({
    state: 'done',
    status: 200,
    from: 'upstream',
    inputTokens: 20,
    outputTokens: 5,
    costUsd: 0.03,
    traceId,
    ms: 5,
  });
  expect(capture.calls({}, 10)).toMatchObject([{ id, state: 'done' }]);
  expect(changed).toEqual(expect.arrayContaining(['traces', 'gateway', 'workspace']));
});

test('begin returns before anything is stored, and the trace shows while the answer streams', async () => {
  const { store, capture, begin } = captureWorld();
  const recording = begin(request([user('Tell me a long story.')], { stream: true }));
  expect(store.traces.count()).toBe(0);
  expect(capture.calls({}, 10)).toMatchObject([{ state: 'waiting' }]);
  recording.streaming(200);
  expect(capture.calls({}, 10)).toMatchObject([{ state: 'streaming', status: 200 }]);
  await expect.poll(() => store.traces.count(), { timeout: 10_000 }).toBe(1);
  const { traceId } = recording;
  expect(traceDetail(store, traceId ?? '').trace).toMatchObject({ name: 'Tell me a long story.', messageCount: 1 });
  expect(store.calls.list({}, 10)).toMatchObject([{ state: 'streaming', traceId }]);
  recording.finish(answeredWith(chunks('Once upon a time.')));
  expect(capture.calls({}, 10)).toMatchObject([{ state: 'done', traceId }]);
  await capture.flush();
  expect(traceDetail(store, traceId ?? '').trace).toMatchObject({ messageCount: 2, spanCount: 1 });
});

test('a streamed answer and one that came at once are the same turn', async () => {
  const { store, call } = captureWorld();
  const one = await call(request([user('Hi')]), completion({ content: 'Hello there.' }));
  const two = await call(request([user('Hi')], { stream: true }), chunks('Hello there.'), { key: 'other' });
  const [first, second] = [one, two].map(({ traceId }) => traceDetail(store, traceId).trace);
  expect(first?.leaf).toBeDefined();
  expect(second?.leaf).toBe(first?.leaf);
  // This stream was not asked to tell its usage: that is not none.
  expect(second?.inputTokens).toBeUndefined();
});

test('the same conversation, imported and captured, is the same turns', async () => {
  const { store, call } = captureWorld();
  using bench = workbench();
  const messages = [
    system,
    user('Weather in Oslo?'),
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_x', type: 'function', function: { name: 'weather', arguments: '{ "city":"Oslo" }' } }],
    },
    { role: 'tool', tool_call_id: 'call_x', content: 'cold' },
  ];
  const body = request(messages, { tools: [weather] });
  const { traceId } = await call(body, completion({ content: 'It is cold.' }));
  const captured = traceDetail(store, traceId);
  await bench.take(`${JSON.stringify({ ...body, messages: [...messages, assistant('It is cold.')] })}\n`);
  const [imported] = bench.store.traces.list({}, { by: 'position', descending: false }, 0, 1).items;
  expect(captured.trace.leaf).toBe(imported?.leaf);
  expect(captured.trace.toolCallCount).toBe(1);
});

test('raw gives the last exchange back equal, key order and odd spellings too', async () => {
  const { store, call } = captureWorld();
  const body = {
    stream: false,
    messages: [
      { content: 'Be brief.', role: 'developer' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: { url: 'https://x.test/a.png', detail: 'low' } },
        ],
      },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ function: { arguments: '{"b": 1, "a": 2}', name: 'look' }, id: 'call_9', type: 'function' }],
      },
      { role: 'tool', content: 'a cat', tool_call_id: 'call_9' },
    ],
    model: 'gpt-5',
    tools: [weather],
    metadata: { ticket: '42' },
    unknown_to_us: [1, { z: 1, a: 2 }],
  };
  const answer = completion({ content: 'A cat.', annotations: [] }, { system_fingerprint: 'fp_1' });
  const { traceId } = await call(body, answer);
  const raw = rawRecord(store, traceId);
  expect(raw).toBe(JSON.stringify({ request: body, response: answer }));
});

test('Anthropic: raw is equal, also where results and text stand in one message', async () => {
  const { store, call } = captureWorld();
  const body = {
    model: 'claude-sonnet-5',
    max_tokens: 100,
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
    tools: [{ name: 'look', description: 'Looks.', input_schema: { type: 'object' } }],
    messages: [
      { role: 'user', content: 'What is it?' },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 1 } },
          { type: 'tool_use', id: 'toolu_2', name: 'look', input: { at: 2 } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Before.' },
          { type: 'tool_result', tool_use_id: 'toolu_1', content: 'a cat' },
          { type: 'text', text: 'Between.' },
          { type: 'tool_result', tool_use_id: 'toolu_2', content: [{ type: 'text', text: 'a dog' }], is_error: false },
        ],
      },
    ],
  };
  const answer = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5',
    content: [{ type: 'text', text: 'Both.' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 2 },
  };
  const { traceId } = await call(body, answer, {
    dialect: 'anthropic',
    endpoint: 'POST /v1/messages',
    provider: 'anthropic',
  });
  expect(rawRecord(store, traceId)).toBe(JSON.stringify({ request: body, response: answer }));
  expect(traceDetail(store, traceId).trace).toMatchObject({ inputTokens: 10, outputTokens: 2, toolCallCount: 2 });
});

test('raw of a stream is the text of its events', async () => {
  const { store, call } = captureWorld();
  const body = request([user('Hi')], { stream: true, stream_options: { include_usage: true } });
  const usage = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } };
  const { traceId } = await call(body, chunks('Hello.', [usage]));
  expect(parsed(rawRecord(store, traceId))).toEqual({ request: body, response: chunks('Hello.', [usage]) });
  expect(traceDetail(store, traceId).trace).toMatchObject({ inputTokens: 3, outputTokens: 2 });
});

test('exports as OpenAI chat', async () => {
  const { store, call } = captureWorld();
  await call(request([system, user('Hi')]), completion({ content: 'Hello.' }));
  const lines: string[] = [];
  await exportTranscripts(store, { source: ['gateway'] }, 'openai-chat', (json) => void lines.push(json), quietTask());
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { model: 'gpt-5-2025-08-07', messages: [system, user('Hi'), assistant('Hello.')] },
  ]);
});

test('several choices are candidates below the same prompt', async () => {
  const { store, call } = captureWorld();
  const answer = completion({ content: 'One.' });
  const [choice] = answer['choices'] as JsonObject[];
  const choices = ['One.', 'Two.', 'Three.'].map((content, index) => ({
    ...choice,
    index,
    message: assistant(content),
  }));
  const { traceId } = await call(request([user('Hi')], { n: 3 }), { ...answer, choices });
  const { spans, trace } = traceDetail(store, traceId);
  expect(spans.map(({ name }) => name)).toEqual(['chat gpt-5', 'chat gpt-5 (choice 2)', 'chat gpt-5 (choice 3)']);
  expect(new Set(spans.map(({ wrote }) => wrote)).size).toBe(3);
  expect(new Set(spans.map(({ read }) => read)).size).toBe(1);
  // Tokens are those of the whole answer, once.
  expect(trace.outputTokens).toBe(5);
});

test('choices of a stream are told apart', async () => {
  const { store, call } = captureWorld();
  const chunk = (index: number, delta: JsonObject, finish: string | null): string =>
    `data: ${JSON.stringify({ id: 'c', model: 'gpt-5', choices: [{ index, delta, finish_reason: finish }] })}\n\n`;
  const body = `${chunk(0, { content: 'A' }, null)}${chunk(1, { content: 'X' }, null)}${chunk(1, { content: 'Y' }, 'stop')}${chunk(0, { content: 'B' }, 'stop')}data: [DONE]\n\n`;
  const { traceId } = await call(request([user('Hi')], { n: 2, stream: true }), body);
  const wrote = traceDetail(store, traceId).spans.map((span) => store.turns.get(span.wrote ?? '')?.message.content);
  expect(wrote).toEqual([[{ type: 'text', text: 'AB' }], [{ type: 'text', text: 'XY' }]]);
});

test('embeddings are calls; they show in a trace where they were said to belong to one', async () => {
  const { store, call } = captureWorld();
  const answer = {
    object: 'list',
    data: [{ embedding: [0.1], index: 0 }],
    model: 'e-1',
    usage: { prompt_tokens: 4, total_tokens: 4 },
  };
  const asked = { dialect: 'openai-embeddings', endpoint: 'POST /v1/embeddings' } as const;
  const alone = await call({ model: 'e', input: ['one', 'two'] }, answer, asked);
  expect(store.calls.get(alone.id)).toMatchObject({ state: 'done', inputTokens: 4, outputTokens: 0 });
  expect(store.calls.exchange(alone.id)).toBeDefined();
  expect(store.calls.get(alone.id)?.problem).toBeUndefined();
  expect(store.traces.count()).toBe(0);
  const within = await call({ model: 'e', input: 'one' }, answer, { ...asked, trace: { session: 's' } });
  expect(traceDetail(store, within.traceId).spans).toMatchObject([{ name: 'embeddings e', kind: 'retrieval' }]);
  expect(parsed(rawRecord(store, within.traceId))).toEqual({ request: { model: 'e', input: 'one' }, response: answer });
});

test('a thousand calls at once are all there, in order', async () => {
  const { store, capture, begin } = captureWorld();
  const recordings = Array.from({ length: 1000 }, (_, index) => begin(request([system, user(`Question ${index}`)])));
  for (const [index, recording] of recordings.entries())
    recording.finish(answeredWith(completion({ content: `Answer ${index}` })));
  await capture.flush();
  expect(store.calls.list({}, 2000).filter(({ state }) => state === 'done')).toHaveLength(1000);
  expect(store.traces.count()).toBe(1000);
  expect(store.turns.count()).toBe(2001);
  const ids = new Set(recordings.map(({ traceId }) => traceId));
  expect(ids.size).toBe(1000);
});

test('the calls of runs are not the gateway’s', async () => {
  const { store, capture, call } = captureWorld();
  await call(request([user('Hi')]), completion({ content: 'Hello.' }));
  const { id: _, ...run } = { ...askedOf({}, 0), id: '' };
  for (let index = 0; index < 30; index += 1)
    store.calls.put([
      {
        id: crypto.randomUUID(),
        key: '',
        at: 1_760_000_000_000 + index,
        endpoint: run.endpoint,
        stream: false,
        state: 'done',
      },
    ]);
  expect(capture.calls({}, 5)).toMatchObject([{ key: 'agent' }]);
  expect(capture.calls({ key: 'agent' }, 5)).toHaveLength(1);
  expect(capture.calls({ key: 'nobody' }, 5)).toEqual([]);
});
