// What a call counts for in budgets where the answer does not say what it used.
import { expect, test } from 'vitest';
import type { CallRecord } from '#engine/network-ports';
import { captureWorld, chunks, completion, request, user } from '#test/captured';

const asked = request([user('Tell me all about it. '.repeat(20))], { stream: true });
const told = chunks('A long story. '.repeat(40));

function used(record: CallRecord | undefined) {
  return [record?.inputTokens, record?.outputTokens, record?.costUsd];
}

test('a stream that was not asked to tell its usage counts by its length, and so in dollars', async () => {
  const { store, call } = captureWorld();
  const { id } = await call(asked, told);
  const [input = 0, output = 0, cost = 0] = used(store.calls.get(id));
  expect([input > 100, output > 100, cost > 0.2]).toEqual([true, true, true]);
});

test('what a client left counts, before the head and after', async () => {
  const { store, call } = captureWorld();
  const early = await call(asked, '', {}, { state: 'cancelled', status: 499 });
  expect(store.calls.get(early.id)?.inputTokens).toBeGreaterThan(100);
  const late = await call(asked, told.slice(0, -40), {}, { state: 'cancelled' });
  expect(store.calls.get(late.id)?.inputTokens).toBeGreaterThan(100);
});

test('what was refused, did not arrive or came from a record counts for nothing', async () => {
  const { store, call } = captureWorld();
  const refused = await call(asked, { error: { message: 'No.' } }, {}, { state: 'failed', status: 429 });
  const lost = await call(asked, '', {}, { state: 'failed', status: 502 });
  const replayed = await call(asked, told, {}, { from: 'record' });
  for (const { id } of [refused, lost, replayed]) {
    expect(used(store.calls.get(id))).toEqual([undefined, undefined, undefined]);
  }
});

test('what the answer says goes before any estimate', async () => {
  const { store, call } = captureWorld();
  const { id } = await call(request([user('Hi')]), completion({ content: 'Hello.' }));
  expect(used(store.calls.get(id))).toEqual([20, 5, 0.03]);
});

test('an answer counts before it is written: whoever settles sees it', () => {
  const { store, capture, begin } = captureWorld();
  begin(asked).finish({
    state: 'done',
    status: 200,
    headers: [],
    body: Buffer.from(told),
    from: 'upstream',
    ms: 1,
  });
  expect(store.calls.spent({ from: 0 }).inputTokens).toBe(0);
  capture.settle();
  expect(store.calls.spent({ from: 0 }).inputTokens).toBeGreaterThan(100);
});
