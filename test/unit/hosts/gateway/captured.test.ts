// A client, the gateway, a provider and the capture together: what went through is a trace, and is served again without the provider.
import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '#contract/turn';
import { wireOf } from '#engine/models/wire/wires';
import { noRedaction } from '#engine/redactor';
import { traceDetail } from '#engine/trace/detail';
import { Receiver } from '#engine/trace/receive';
import { rawRecord } from '#engine/trace/source';
import { scoresRoute } from '#hosts/gateway/scores-route';
import { tracesRoute } from '#hosts/gateway/telemetry-route';
import { assistant, captureWorld, chunks, completion, request, system, user } from '#test/captured';
import { openGateway } from '#test/gateway';
import { startFakeUpstream } from '#test/upstream/fake-upstream';

const opening = [system, user('Where to?')];

test('recorded, shown, scored and replayed', async () => {
  const upstream = await startFakeUpstream(({ body }) => {
    const { stream } = JSON.parse(body) as { stream?: boolean };
    return stream === true
      ? { headers: [['content-type', 'text/event-stream']], body: [chunks('To Oslo.')] }
      : { headers: [['content-type', 'application/json']], body: JSON.stringify(completion({ content: 'To Oslo.' })) };
  });
  onTestFinished(() => upstream.close());
  const { store, capture } = captureWorld();
  const clock = { now: Date.now };
  const parts = { store, redactor: noRedaction, changed: () => undefined };
  const gateway = await openGateway({
    providers: { openai: upstream.origin },
    wire: (dialect) => wireOf(dialect),
    route: { recorder: capture },
    routes: [
      tracesRoute({ ...parts, receiver: new Receiver({ ...parts, clock }) }),
      scoresRoute({ ...parts, flush: () => capture.flush() }),
    ],
  });
  const post = (
    path: string,
    bearer: string,
    body: JsonObject,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch(`${gateway.server.address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}`, ...headers },
      body: JSON.stringify(body),
    });
  const chat = (bearer: string, body: JsonObject, headers?: Record<string, string>): Promise<Response> =>
    post('/v1/chat/completions', bearer, body, headers);
  const live = gateway.key();
  const replay = gateway.key({ mode: 'replay', label: 'replay' });

  const first = await chat(live, request(opening), { 'x-atelier-task': 'trip' });
  const answer = await first.text();
  const [trace, call] = [first.headers.get('x-atelier-trace') ?? '', first.headers.get('x-atelier-call') ?? ''];
  const second = await chat(live, request([...opening, assistant('To Oslo.'), user('Why?')], { stream: true }));
  const streamed = await second.text();
  expect(second.headers.get('x-atelier-trace')).toBe(trace);
  expect(upstream.requests).toHaveLength(2);

  const scored = await post('/v1/scores', live, { call_id: call, name: 'helpful', value: true });
  expect(scored.status).toBe(200);
  expect(traceDetail(store, trace).trace).toMatchObject({
    name: 'Where to?',
    group: 'trip',
    spanCount: 2,
    messageCount: 5,
    scores: [{ name: 'helpful', value: 1 }],
  });
  expect((JSON.parse(rawRecord(store, trace)) as JsonObject)['response']).toBe(streamed);

  const again = await chat(replay, request(opening));
  expect([again.status, again.headers.get('x-atelier-from'), await again.text()]).toEqual([200, 'record', answer]);
  const streamedAgain = await chat(
    replay,
    request([...opening, assistant('To Oslo.'), user('Why?')], { stream: true }),
  );
  expect(await streamedAgain.text()).toBe(streamed);
  expect(streamedAgain.headers.get('x-atelier-trace')).toBe(again.headers.get('x-atelier-trace'));

  const miss = await chat(replay, request([system, user('Where from?')]));
  expect(miss.status).toBeGreaterThanOrEqual(400);
  expect(await miss.text()).toMatch(/differs in message 1 \(user\): recorded is “Where to\?”, asked is “Where from\?”/);
  expect(upstream.requests).toHaveLength(2);
  expect(gateway.failures).toEqual([]);
  expect(capture.calls({}, 10).map(({ from, state }) => [from, state])).toEqual(
    expect.arrayContaining([
      ['record', 'done'],
      ['upstream', 'done'],
    ]),
  );
});
