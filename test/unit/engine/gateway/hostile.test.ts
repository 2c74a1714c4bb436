// Whatever clients and providers send, a capture keeps the call and goes on.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '#contract/turn';
import type { WireDialect } from '#engine/network-ports';
import { traceDetail } from '#engine/trace/detail';
import { rawRecord } from '#engine/trace/source';
import { answeredWith, askedOf, captureWorld, chunks, completion } from '#test/captured';

const dialects: readonly WireDialect[] = ['openai-chat', 'anthropic', 'openai-responses', 'openai-embeddings'];

const value = fc.json({ maxDepth: 3 }).map((text) => JSON.parse(text) as Json);
const role = fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool', 'function', 'robot', '__proto__');
const block = fc.record(
  {
    type: fc.constantFrom(
      'text',
      'tool_use',
      'tool_result',
      'image',
      'thinking',
      'input_text',
      'function_call',
      'function_call_output',
      'reasoning',
      'x',
    ),
    text: value,
    id: fc.constantFrom('c1', 'c2'),
    call_id: fc.constantFrom('c1', 'c2'),
    tool_use_id: fc.constantFrom('c1', 'c2'),
    name: value,
    input: value,
    content: value,
    arguments: value,
    source: value,
    output: value,
  },
  { requiredKeys: [] },
);
const message = fc.oneof(
  value,
  fc.record(
    {
      role,
      content: fc.oneof(value, fc.array(block, { maxLength: 3 })),
      tool_calls: fc.oneof(value, fc.array(block, { maxLength: 2 })),
      tool_call_id: fc.constantFrom('c1', 'c2'),
      name: value,
    },
    { requiredKeys: ['role'] },
  ),
  block,
);
const list = fc.oneof(value, fc.array(message, { maxLength: 5 }));
const body = fc.oneof(
  value,
  fc.record(
    {
      model: value,
      messages: list,
      input: list,
      system: value,
      instructions: value,
      tools: fc.oneof(value, fc.array(value, { maxLength: 2 })),
      n: value,
      stream: value,
      previous_response_id: value,
    },
    { requiredKeys: [] },
  ),
) as fc.Arbitrary<Json>;
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)),
  fc.constant(completion({ content: 'x' })).map((whole) => Buffer.from(JSON.stringify(whole))),
  fc.nat(900).map((cut) => Buffer.from(chunks('A long answer.')).subarray(0, cut)),
  fc
    .array(fc.json({ maxDepth: 3 }), { maxLength: 4 })
    .map((events) => Buffer.from(events.map((event) => `data: ${event}\n\n`).join(''))),
);
const call = fc.record({
  dialect: fc.constantFrom(...dialects),
  body,
  bytes,
  status: fc.constantFrom(0, 200, 299, 400, 500),
  state: fc.constantFrom('done', 'failed', 'cancelled' as const),
  from: fc.constantFrom('upstream', 'record' as const),
  session: fc.option(fc.constantFrom('s', 't'), { nil: undefined }),
});

test('arbitrary requests and answers: every call is kept, nothing is thrown, and what is shown can be shown', async () => {
  const { store, capture } = captureWorld();
  let read = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 4 }), async (calls) => {
      const asked = calls.map(({ dialect, body: sent, session }) =>
        askedOf(sent as JsonObject, Date.now(), { dialect, trace: session === undefined ? {} : { session } }),
      );
      const recordings = asked.map((one) => capture.begin(one));
      for (const [index, recording] of recordings.entries()) {
        const { bytes: answer, status, state, from } = calls[index] ?? {};
        recording.finish(answeredWith('', { body: answer, status, state, from } as Parameters<typeof answeredWith>[1]));
      }
      await capture.flush();
      for (const [index, one] of asked.entries()) {
        const { state, status = 0 } = calls[index] ?? {};
        // Who left after the last word has heard the answer out.
        const isHeardOut = state === 'cancelled' && status >= 200 && status < 400;
        expect(isHeardOut ? ['cancelled', 'done'] : [state]).toContain(store.calls.get(one.id)?.state);
        expect(store.calls.get(one.id)?.problem ?? '').not.toMatch(/fault in Atelier|could not be recorded/);
        expect(['hit', 'miss']).toContain(capture.find(one, 'replay').kind);
        const { traceId } = recordings[index] ?? {};
        if (traceId === undefined) continue;
        read += 1;
        traceDetail(store, traceId);
        const exchange = store.calls.exchange(one.id);
        if (exchange === undefined || calls[index]?.session !== undefined) continue;
        const raw = JSON.parse(rawRecord(store, traceId)) as { request: Json };
        expect(Object.keys(raw.request as JsonObject)).toEqual(Object.keys(one.body as JsonObject));
        const isAlone = recordings.filter((other) => other.traceId === traceId).length === 1;
        expect(isAlone ? raw.request : one.body).toEqual(one.body);
      }
    }),
    { numRuns: 400 },
  );
  expect(read).toBeGreaterThan(100);
});
