// Capture where things go wrong: failures, cut-off answers, requests that are none, secrets, a store that refuses.
import { expect, test } from 'vitest';
import type { Store } from '#engine/ports';
import { Problem } from '#engine/problem';
import { traceDetail } from '#engine/trace/detail';
import { rawRecord } from '#engine/trace/source';
import { answeredWith, assistant, captureWorld, chunks, completion, request, system, user } from '#test/captured';
import { maskingRedactor } from '#test/redaction';

/** The store's calls as plain functions, to put others in their places. */
function callsOf({ calls }: Store): Store['calls'] {
  return {
    put: (records) => calls.put(records),
    get: (id) => calls.get(id),
    list: (filter, limit) => calls.list(filter, limit),
    unfinished: (limit) => calls.unfinished(limit),
    spent: (filter) => calls.spent(filter),
    usedByKey: (from) => calls.usedByKey(from),
    putExchange: (exchange) => calls.putExchange(exchange),
    exchange: (id) => calls.exchange(id),
    answersTo: (read, dialect, limit) => calls.answersTo(read, dialect, limit),
    wroteBy: (turn, limit) => calls.wroteBy(turn, limit),
  };
}

test('a failure of the provider is told with the call and the trace, and forgotten when the conversation goes on', async () => {
  const { store, call } = captureWorld();
  const body = request([user('Hi')]);
  const failed = await call(
    body,
    { error: { message: 'Too many requests', type: 'rate_limit' } },
    {},
    { state: 'failed', status: 429 },
  );
  expect(store.calls.get(failed.id)).toMatchObject({ state: 'failed', status: 429, problem: 'Too many requests' });
  const { trace, spans } = traceDetail(store, failed.traceId);
  expect(trace).toMatchObject({ error: 'Too many requests', messageCount: 1 });
  expect(spans).toMatchObject([{ error: 'Too many requests', attributes: { 'error.type': '429' } }]);
  expect(spans[0]?.wrote).toBeUndefined();
  const again = await call(body, completion({ content: 'Hello.' }));
  expect(again.traceId).toBe(failed.traceId);
  expect(traceDetail(store, failed.traceId).trace.error).toBeUndefined();
});

test('what was cut off is no answer, but its span shows how far it came', async () => {
  const { store, call } = captureWorld();
  const half = chunks('A long story that nobody reads to its end.').slice(0, 450);
  const { id, traceId } = await call(request([user('Hi')], { stream: true }), half, {}, { state: 'cancelled' });
  const { spans, trace } = traceDetail(store, traceId);
  expect(trace.error).toMatch(/client went away/);
  expect(spans[0]).toMatchObject({
    attributes: { 'atelier.cut_off_answer': expect.stringMatching(/^A long/) as string },
  });
  expect(spans[0]?.wrote).toBeUndefined();
  expect(store.turns.children(trace.leaf ?? '')).toEqual([]);
  expect(store.calls.exchange(id)).toBeUndefined();
});

test('a client that leaves at the last word of a stream, not at the end of its bytes, has had the whole answer', async () => {
  const { store, call } = captureWorld();
  const left = { state: 'cancelled', problem: 'The client went away.' } as const;
  const { id, traceId } = await call(request([user('Hi')], { stream: true }), chunks('Hello.'), {}, left);
  const { spans, trace } = traceDetail(store, traceId);
  expect(trace.error).toBeUndefined();
  expect(trace.messageCount).toBe(2);
  expect(spans[0]?.error).toBeUndefined();
  expect(spans[0]?.wrote).toBe(trace.leaf);
  expect(store.calls.get(id)).toMatchObject({ state: 'done', status: 200 });
  expect(store.calls.get(id)?.problem).toBeUndefined();
  expect(store.calls.exchange(id)).toMatchObject({ status: 200 });
});

test.each([
  ['no messages', { model: 'gpt-5' }, /no list "messages"/],
  ['a role that is none', request([{ role: 'robot', content: 'x' }]), /"robot" is unknown/],
  ['messages that are none', request(['x' as never]), /cannot be read/],
  ['no object', [1] as never, /no JSON object/],
  ['null', null as never, /no JSON object/],
])('a request that is none keeps its call, with the reason: %s', async (_, body, why) => {
  const { store, call } = captureWorld();
  const { id, traceId } = await call(body, { error: { message: 'bad' } }, {}, { state: 'failed', status: 400 });
  expect(traceId).toBe('');
  expect(store.calls.get(id)).toMatchObject({
    state: 'failed',
    status: 400,
    problem: expect.stringMatching(why) as string,
  });
  expect(store.traces.count()).toBe(0);
});

test('an answer that is none keeps its request', async () => {
  const { store, call } = captureWorld();
  const { id, traceId } = await call(
    request([user('Hi')]),
    'not JSON',
    {},
    { headers: [['content-type', 'application/json']] },
  );
  expect(store.calls.get(id)?.problem).toMatch(/broke off/);
  expect(traceDetail(store, traceId).trace).toMatchObject({ messageCount: 1, spanCount: 1 });
});

test('secrets are masked before anything is made of them, wherever they stand', async () => {
  const secret = 'sk-canary-0123456789';
  const { store, call, capture } = captureWorld({ redactor: maskingRedactor([secret]) });
  const messages = [
    { role: 'system', content: `Key: ${secret}` },
    { role: 'user', content: `Use ${secret}` },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: `c-${secret}`, type: 'function', function: { name: 'f', arguments: JSON.stringify({ key: secret }) } },
      ],
    },
    { role: 'tool', tool_call_id: `c-${secret}`, content: secret },
  ];
  const tools = [{ type: 'function', function: { name: 'f', description: secret } }];
  const body = request(messages, { tools, user: secret, metadata: { [secret]: 1 } });
  await call(
    body,
    completion({ content: `It is ${secret}.` }),
    { trace: { session: secret, task: secret }, model: secret },
    {
      headers: [
        ['x-echo', secret],
        ['content-type', 'application/json'],
      ],
    },
  );
  const half = Math.floor(secret.length / 2);
  const split = [`It is ${secret.slice(0, half)}`, `${secret.slice(half)}.`].map(
    (content) => `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta: { content } }] })}\n\n`,
  );
  const stop = `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`;
  const streamed = await call(request([user('Say it.')], { stream: true }), `${split.join('')}${stop}data: [DONE]\n\n`);
  await call(
    request([user('Fail.')]),
    { error: { message: `no ${secret}` } },
    {},
    { state: 'failed', status: 401, problem: `no ${secret}` },
  );
  const all = [
    ...store.traces
      .list({}, { by: 'position', descending: false }, 0, 10)
      .items.map(({ id }) => [rawRecord(store, id), traceDetail(store, id)]),
    store.calls.list({}, 10),
    capture.calls({}, 10),
    store.calls.list({}, 10).map(({ id }) => {
      const exchange = store.calls.exchange(id);
      return [exchange, Buffer.from(exchange?.body ?? []).toString()];
    }),
  ];
  const written = JSON.stringify(all);
  expect(written.includes(secret)).toBe(false);
  expect(written.includes('‹masked›')).toBe(true);
  // Spread over two events, no mask of the text would find it: the stream is made anew.
  const stream = Buffer.from(store.calls.exchange(streamed.id)?.body ?? []).toString();
  expect(stream).toContain('‹masked›');
  expect(stream.includes(secret.slice(half))).toBe(false);
});

test('a conversation that is masked goes on as one', async () => {
  const secret = 'sk-canary-0123456789';
  const { call } = captureWorld({ redactor: maskingRedactor([secret]) });
  const first = [system, user(`Use ${secret}`)];
  const one = await call(request(first), completion({ content: `With ${secret}: done.` }));
  const two = await call(
    request([...first, assistant(`With ${secret}: done.`), user('More.')]),
    completion({ content: 'Done.' }),
  );
  expect(two.traceId).toBe(one.traceId);
});

test('what a store refuses is told with the call, and takes nothing else with it', async () => {
  const { store } = captureWorld();
  const { calls } = store;
  const failing: typeof calls = {
    ...callsOf(store),
    putExchange(exchange) {
      if (exchange.status === 299) throw new Problem('REFUSED', 'The disk is full.');
      calls.putExchange(exchange);
    },
  };
  const other = captureWorld({ store: Object.assign(Object.create(store) as typeof store, { calls: failing }) });
  const good = other.begin(request([user('One')]));
  const bad = other.begin(request([user('Two')]));
  const last = other.begin(request([user('Three')]));
  good.finish(answeredWith(completion({ content: '1' })));
  bad.finish(answeredWith(completion({ content: '2' }), { status: 299 }));
  last.finish(answeredWith(completion({ content: '3' })));
  await other.capture.flush();
  const told = other.capture.calls({}, 10);
  expect(told.filter(({ problem }) => problem !== undefined)).toMatchObject([
    { problem: 'It could not be recorded: The disk is full.' },
  ]);
  expect([good, last].map(({ traceId }) => traceDetail(store, traceId ?? '').trace.messageCount)).toEqual([2, 2]);
});

test('a call that ends twice ends once', async () => {
  const { store, capture, begin } = captureWorld();
  const recording = begin(request([user('Hi')]));
  recording.finish(answeredWith(completion({ content: 'Hello.' })));
  recording.finish(answeredWith('', { state: 'failed', status: 0 }));
  recording.streaming(200);
  await capture.flush();
  expect(store.calls.list({}, 10)).toMatchObject([{ state: 'done', status: 200 }]);
  expect(traceDetail(store, recording.traceId ?? '').spans).toHaveLength(1);
});
