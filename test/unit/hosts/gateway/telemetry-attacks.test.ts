// What a key for telemetry must not be able to do to what others made.
import { expect, test } from 'vitest';
import type { JsonObject } from '#contract/turn';
import type { TraceSummary } from '#contract/trace';
import type { Store } from '#engine/ports';
import { noRedaction } from '#engine/redactor';
import { Receiver } from '#engine/trace/receive';
import { scoresRoute } from '#hosts/gateway/scores-route';
import { tracesRoute } from '#hosts/gateway/telemetry-route';
import { openGateway } from '#test/gateway';
import { temporaryStore } from '#test/store';

const traceId = '0af7651916cd43dd8448eb211c80319c';

async function world() {
  const store = temporaryStore();
  const parts = { store, redactor: noRedaction, changed: () => undefined };
  const gateway = await openGateway({
    routes: [
      tracesRoute({ ...parts, receiver: new Receiver({ ...parts, clock: { now: Date.now } }) }),
      scoresRoute({ ...parts, flush: () => Promise.resolve() }),
    ],
  });
  const bearer = gateway.key({ scopes: ['telemetry'] });
  const post = async (path: string, body: unknown): Promise<{ readonly status: number; readonly text: string }> => {
    const answer = await fetch(`${gateway.server.address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: JSON.stringify(body),
    });
    return { status: answer.status, text: await answer.text() };
  };
  return { store, post };
}

function spanOf(id: string, trace = traceId): JsonObject {
  const attributes = [{ key: 'gen_ai.request.model', value: { stringValue: 'evil' } }];
  const span = { traceId: trace, spanId: id, name: 'evil', startTimeUnixNano: '1', endTimeUnixNano: '2', attributes };
  return { resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans: [span] }] }] };
}

/** A trace that is there already. */
function put(store: Store, source: TraceSummary['source']): TraceSummary {
  const summary: TraceSummary = {
    id: traceId,
    name: 'Mine',
    source,
    importId: 'gateway',
    position: 0,
    messageCount: 3,
    spanCount: 0,
    toolCallCount: 0,
    importedAt: 1,
    scores: [],
  };
  store.traces.putRecord({ id: 'r', importId: 'gateway', position: 0 });
  store.traces.put({ summary, recordId: 'r', side: '' });
  return summary;
}

test.each(['atelier', 'openai-chat', 'anthropic'] as const)(
  'spans go into no trace of the source %s',
  async (source) => {
    const { store, post } = await world();
    // The import that such traces belong to is there.
    await post('/v1/traces', spanOf('00000000000000a1', 'f'.repeat(32)));
    const before = put(store, source);
    const { status, text } = await post('/v1/traces', spanOf('00000000000000a1'));
    expect([status, text]).toEqual([200, expect.stringContaining('"rejectedSpans"')]);
    expect(text).toContain('no spans are added to it');
    expect(store.traces.get(traceId)?.summary).toEqual(before);
    expect(store.traces.spans(traceId)).toEqual([]);
  },
);

test('the others of the same request come in', async () => {
  const { store, post } = await world();
  await post('/v1/traces', spanOf('00000000000000a1', 'f'.repeat(32)));
  put(store, 'atelier');
  const two = [spanOf('00000000000000a1'), spanOf('00000000000000a2', 'e'.repeat(32))];
  await post('/v1/traces', { resourceSpans: two.flatMap(({ resourceSpans }) => resourceSpans) });
  expect(store.traces.spans('e'.repeat(32))).toHaveLength(1);
});

test('a trace takes no endless number of scores', async () => {
  const { store, post } = await world();
  await post('/v1/traces', spanOf('00000000000000a1'));
  const scores = (from: number, count: number): JsonObject[] =>
    Array.from({ length: count }, (_, index) => ({ trace_id: traceId, name: `n${from + index}`, value: 1 }));
  expect((await post('/v1/scores', scores(0, 200))).status).toBe(200);
  const more = await post('/v1/scores', scores(199, 2));
  expect([more.status, more.text]).toEqual([400, expect.stringContaining('more than 200 scores')]);
  expect((await post('/v1/scores', scores(0, 200))).status).toBe(200);
  expect(store.traces.get(traceId)?.summary.scores).toHaveLength(200);
});
