// Traces and scores that others send: the exporters that people use, bodies by hand, and what must be refused.
import { gzipSync } from 'node:zlib';
import { context, SpanStatusCode, trace as api } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { GatewayKey, Scope } from '#contract/gateway';
import type { Store } from '#engine/ports';
import { noRedaction, type Redactor } from '#engine/redactor';
import { traceDetail } from '#engine/trace/detail';
import { Receiver } from '#engine/trace/receive';
import { rawRecord } from '#engine/trace/source';
import { scoresRoute } from '#hosts/gateway/scores-route';
import { openServer } from '#hosts/gateway/server';
import { tracesRoute } from '#hosts/gateway/telemetry-route';
import { attribute, bytes, exportRequest, message, number, spanBody, text, traceId } from '#test/otlp-protobuf';
import { maskingRedactor } from '#test/redaction';
import { temporaryStore } from '#test/store';

const secret = 'sk-canary-0123456789';

interface World {
  readonly store: Store;
  readonly address: string;
  readonly failures: readonly string[];
  readonly changed: readonly string[];
  /** POSTs with a key that may send telemetry. */
  readonly post: (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers?: Record<string, string>,
  ) => Promise<Response>;
}

async function world(redactor: Redactor = noRedaction, scopes: Scope[] = ['telemetry']): Promise<World> {
  const store = temporaryStore();
  const failures: string[] = [];
  const changed: string[] = [];
  const clock = { now: Date.now };
  const key: GatewayKey = {
    id: 'k',
    prefix: 'atl-',
    createdAt: 0,
    settings: { label: 'test', scopes, mode: 'record' },
  };
  const tell = (...topics: string[]): void => void changed.push(...topics);
  const server = await openServer({
    port: 0,
    routes: [
      tracesRoute({ receiver: new Receiver({ store, clock, redactor }), changed: tell }),
      scoresRoute({ store, redactor, changed: tell, flush: () => Promise.resolve() }),
    ],
    authenticate: () => key,
    failed: (sentence) => failures.push(sentence),
    bounds: { closeMs: 50 },
  });
  onTestFinished(() => server.close());
  return {
    store,
    address: server.address,
    failures,
    changed,
    post: (path, body, headers = {}) =>
      fetch(`${server.address}${path}`, {
        method: 'POST',
        body,
        headers: { authorization: 'Bearer atl-x', 'content-type': 'application/json', ...headers },
      }),
  };
}

/** The body, quotes as they are said. */
async function sentenceIn(answer: Response): Promise<string> {
  return (await answer.text()).replaceAll('\\"', '"');
}

const protobuf = { 'content-type': 'application/x-protobuf' };

/** A model's answer and a tool's call, as an instrumented agent records them. */
function sendWith(provider: TracerProvider): string {
  const tracer = provider.getTracer('agent', '2.0.0');
  const root = tracer.startSpan('plan a trip');
  const within = api.setSpan(context.active(), root);
  const model = tracer.startSpan(
    'chat gpt-5',
    {
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-5',
        'llm.input_messages.0.message.role': 'system',
        'llm.input_messages.0.message.content': `You plan trips. ${secret}`,
        'llm.input_messages.1.message.role': 'user',
        'llm.input_messages.1.message.content': 'Weather in Oslo?',
        'llm.output_messages.0.message.role': 'assistant',
        'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'c1',
        'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'weather',
        'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"city":"Oslo"}',
        'llm.token_count.prompt': 11,
        'llm.token_count.completion': 5,
        ratio: 0.25,
        tags: ['a', 'b'],
      },
    },
    within,
  );
  model.end();
  const tool = tracer.startSpan(
    'weather',
    { attributes: { 'openinference.span.kind': 'TOOL', 'tool_call.id': 'c1' } },
    within,
  );
  tool.setStatus({ code: SpanStatusCode.ERROR, message: 'no network' });
  tool.end();
  root.end();
  return root.spanContext().traceId;
}

test.each([
  ['protobuf', ProtobufExporter, 'none'],
  ['protobuf, gzip', ProtobufExporter, 'gzip'],
  ['JSON', JsonExporter, 'none'],
  ['JSON, gzip', JsonExporter, 'gzip'],
] as const)('the exporter of OpenTelemetry sends traces as %s', async (_, Exporter, compression) => {
  const { store, address, failures, changed } = await world(maskingRedactor([secret]));
  const exporter = new Exporter({
    url: `${address}/v1/traces`,
    headers: { authorization: 'Bearer atl-x' },
    ...(compression === 'gzip' ? { compression: 'gzip' as never } : {}),
  });
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
  onTestFinished(() => provider.shutdown());
  const id = sendWith(provider);
  await provider.forceFlush();
  const { trace, path, spans } = traceDetail(store, id);
  expect(failures).toEqual([]);
  expect(changed).toContain('traces');
  expect(trace).toMatchObject({
    source: 'otlp',
    importId: 'gateway',
    name: 'Weather in Oslo?',
    model: 'gpt-5',
    inputTokens: 11,
    outputTokens: 5,
    spanCount: 3,
    error: 'no network',
  });
  expect(path.map(({ message: { role } }) => role)).toEqual(['context', 'user', 'assistant']);
  expect(spans.find(({ kind }) => kind === 'model')).toMatchObject({
    wrote: path[2]?.id,
    attributes: { ratio: 0.25, tags: ['a', 'b'] },
  });
  const raw = rawRecord(store, id);
  expect(raw).toContain('"doubleValue":0.25');
  expect(raw).not.toContain(secret);
  expect(raw).toContain('‹masked›');
});

test('spans of one trace that come one request at a time are one trace, whatever comes first', async () => {
  const { store, post } = await world();
  const span = (id: string, name: string, ...more: Uint8Array[]): Buffer => exportRequest(spanBody(id, name, ...more));
  const asked = attribute('gen_ai.operation.name', text(1, 'chat'));
  const says = (key: string, value: unknown): Uint8Array => attribute(key, text(1, JSON.stringify(value)));
  const input = [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }];
  const output = [{ role: 'assistant', parts: [{ type: 'text', content: 'Hello' }] }];
  const parent = bytes(4, Buffer.from('00000000000000a0', 'hex'));
  const chat = span(
    '00000000000000a1',
    'chat',
    asked,
    says('gen_ai.input.messages', input),
    says('gen_ai.output.messages', output),
    parent,
  );
  expect((await post('/v1/traces', new Uint8Array(chat), protobuf)).status).toBe(200);
  expect(traceDetail(store, traceId).trace).toMatchObject({ spanCount: 1, messageCount: 2 });
  const answer = await post('/v1/traces', new Uint8Array(span('00000000000000a0', 'whole')), protobuf);
  expect(answer.headers.get('content-type')).toBe('application/x-protobuf');
  expect((await answer.arrayBuffer()).byteLength).toBe(0);
  await post('/v1/traces', new Uint8Array(chat), protobuf);
  expect(traceDetail(store, traceId).trace).toMatchObject({ spanCount: 2, messageCount: 2, name: 'Hi' });
});

test('many spans in one request', async () => {
  const { store, post } = await world();
  const bodies = Array.from({ length: 1234 }, (_, index) =>
    spanBody((index + 1).toString(16).padStart(16, '0'), 'step'),
  );
  expect((await post('/v1/traces', new Uint8Array(exportRequest(...bodies)), protobuf)).status).toBe(200);
  expect(traceDetail(store, traceId).spans).toHaveLength(1234);
});

test('spans without valid ids are told of, the others come in', async () => {
  const { store, post } = await world();
  const good = spanBody('00000000000000a1', 'good');
  const bad = Buffer.concat([bytes(1, Buffer.alloc(16)), bytes(2, Buffer.alloc(8, 1)), text(5, 'bad')]);
  const answer = await post('/v1/traces', new Uint8Array(exportRequest(good, bad)), protobuf);
  expect(answer.status).toBe(200);
  const sentence = 'The span "bad" has no valid trace id.';
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(message(1, number(1, 1), text(2, sentence)));
  expect(store.traces.count()).toBe(1);
  const json = { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: 'x', spanId: 'y', name: 'bad' }] }] }] };
  const told = await post('/v1/traces', JSON.stringify(json));
  expect(await told.json()).toEqual({ partialSuccess: { rejectedSpans: '1', errorMessage: sentence } });
});

test('a request without spans is taken', async () => {
  const { post } = await world();
  const empty = await post('/v1/traces', new Uint8Array(), protobuf);
  expect([empty.status, (await empty.arrayBuffer()).byteLength]).toEqual([200, 0]);
  const json = await post('/v1/traces', '{}');
  expect([json.status, await json.json()]).toEqual([200, {}]);
});

test.each([
  ['no JSON', '{"resourceSpans":', {}, 400, /ends before it is complete/],
  ['other JSON', '{"resourceLogs":[]}', {}, 400, /log records, not spans/],
  ['a key twice', '{"resourceSpans":[],"resourceSpans":[]}', {}, 400, /twice/],
  ['deep JSON', `{"resourceSpans":${'['.repeat(2000)}${']'.repeat(2000)}}`, {}, 400, /levels deep/],
  ['gzip that is none', 'x', { 'content-encoding': 'gzip' }, 400, /not gzip/],
  ['another coding', 'x', { 'content-encoding': 'br' }, 415, /"br"/],
  ['another type', 'x', { 'content-type': 'text/plain' }, 415, /application\/x-protobuf or application\/json/],
] as const)('refused with a reason: %s', async (_, body, headers, status, why) => {
  const { post, store } = await world();
  const answer = await post('/v1/traces', body, headers);
  expect(answer.status).toBe(status);
  expect(await sentenceIn(answer)).toMatch(why);
  expect(store.traces.count()).toBe(0);
});

test('a refusal of a protobuf request is google.rpc.Status in protobuf', async () => {
  const { post } = await world();
  const answer = await post('/v1/traces', new Uint8Array([0x80]), protobuf);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/x-protobuf']);
  const body = Buffer.from(await answer.arrayBuffer());
  expect(body.subarray(0, 2)).toEqual(number(1, 3));
  expect(body.toString()).toMatch(/It is no OTLP in protobuf: at byte 0/);
});

test('a bomb of gzip is refused before it is unpacked', async () => {
  const { post } = await world();
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  expect(bomb.length).toBeLessThan(100_000);
  const answer = await post('/v1/traces', new Uint8Array(bomb), { ...protobuf, 'content-encoding': 'gzip' });
  expect([answer.status, await answer.text()]).toEqual([413, expect.stringMatching(/longer than 16 MiB/)]);
});

test('a crowd of empty values is refused', async () => {
  const { post } = await world();
  const crowd = `{"resourceSpans":[${'{},'.repeat(2_100_000)}{}]}`;
  const answer = await post('/v1/traces', crowd);
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringMatching(/over 2,000,000 values/)]);
});

test('arbitrary bodies are taken or refused, never a fault', async () => {
  const { post, failures } = await world();
  const valid = Buffer.from(
    JSON.stringify({
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  traceId,
                  spanId: '00000000000000a1',
                  name: 'x',
                  attributes: [
                    { key: 'gen_ai.input.messages', value: { stringValue: '[{"role":"user","content":"x"}]' } },
                  ],
                },
              ],
            },
          ],
        },
      ],
    }),
  );
  const mutate = fc.array(fc.record({ at: fc.nat(valid.length - 1), byte: fc.nat(255) }), { maxLength: 4 });
  const json = mutate.map((changes) => {
    const body = Buffer.from(valid);
    for (const { at, byte } of changes) body[at] = byte;
    return { body, type: 'application/json' };
  });
  const value = fc.json({ maxDepth: 4 }).map((inner) => ({
    body: Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${inner}],"scope":${inner}}],"resource":${inner}}]}`),
    type: 'application/json',
  }));
  const binary = fc
    .uint8Array({ maxLength: 200 })
    .map((body) => ({ body: Buffer.from(body), type: 'application/x-protobuf' }));
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(json, value, binary), async ({ body, type }) => {
      const answer = await post('/v1/traces', new Uint8Array(body), { 'content-type': type });
      await answer.arrayBuffer();
      expect([200, 400]).toContain(answer.status);
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
    }),
    { numRuns: 400 },
  );
  // Both kinds came: not everything is refused, nor taken.
  expect([...seen.values()].every((count) => count > 10) && seen.size === 2).toBe(true);
  expect(failures).toEqual([]);
});

test('scores of a trace, one and many; a name given again stands for the new value', async () => {
  const { store, post, changed } = await world(maskingRedactor([secret]));
  await post('/v1/traces', new Uint8Array(exportRequest(spanBody('00000000000000a1', 'x'))), protobuf);
  const one = await post(
    '/v1/scores',
    JSON.stringify({ trace_id: traceId, name: 'helpful', value: 0.5, comment: `So so. ${secret}` }),
  );
  expect([one.status, await one.json()]).toEqual([200, { scores: 1 }]);
  const many = [
    { trace_id: traceId.toUpperCase(), name: 'helpful', value: 1 },
    { trace_id: traceId, name: 'safe', value: true },
  ];
  expect((await post('/v1/scores', JSON.stringify(many))).status).toBe(200);
  expect(traceDetail(store, traceId).trace.scores).toEqual([
    { name: 'helpful', value: 1 },
    { name: 'safe', value: 1 },
  ]);
  expect(changed).toContain('traces');
});

test('a comment is masked', async () => {
  const { store, post } = await world(maskingRedactor([secret]));
  await post('/v1/traces', new Uint8Array(exportRequest(spanBody('00000000000000a1', 'x'))), protobuf);
  await post(
    '/v1/scores',
    JSON.stringify({ trace_id: traceId, name: 'leaky', value: 0, comment: `It said ${secret}.` }),
  );
  expect(traceDetail(store, traceId).trace.scores).toEqual([{ name: 'leaky', value: 0, comment: 'It said ‹masked›.' }]);
});

test.each([
  ['words for a value', { trace_id: traceId, name: 'x', value: 'good' }, 400, /a number, or true or false/],
  ['no value', { trace_id: traceId, name: 'x' }, 400, /at "value"/],
  ['no name', { trace_id: traceId, name: '  ', value: 1 }, 400, /at "name"/],
  ['no trace', { name: 'x', value: 1 }, 400, /either "trace_id" or "call_id"/],
  ['both', { trace_id: traceId, call_id: 'c', name: 'x', value: 1 }, 400, /either/],
  ['a member that is none', { trace_id: traceId, name: 'x', value: 1, weight: 2 }, 400, /weight/],
  ['an unknown trace', { trace_id: 'f'.repeat(32), name: 'x', value: 1 }, 404, /no trace ffff/],
  ['an unknown call', { call_id: 'nobody', name: 'x', value: 1 }, 404, /no call nobody/],
  [
    'one bad of two',
    [
      { trace_id: traceId, name: 'x', value: 1 },
      { trace_id: traceId, name: 'y', value: null },
    ],
    400,
    /Score 2 of the list/,
  ],
  ['an empty list', [], 400, /1 to 1000/],
  ['too many', Array.from({ length: 1001 }, () => ({ trace_id: traceId, name: 'x', value: 1 })), 400, /1 to 1000/],
])('no score: %s', async (_, body, status, why) => {
  const { store, post } = await world();
  await post('/v1/traces', new Uint8Array(exportRequest(spanBody('00000000000000a1', 'x'))), protobuf);
  const answer = await post('/v1/scores', JSON.stringify(body));
  expect([answer.status, await sentenceIn(answer)]).toEqual([status, expect.stringMatching(why)]);
  expect(traceDetail(store, traceId).trace.scores).toEqual([]);
});

test('who may not send telemetry sends none', async () => {
  const { post, store } = await world(noRedaction, ['models']);
  expect((await post('/v1/traces', '{}')).status).toBe(403);
  expect((await post('/v1/scores', '{}')).status).toBe(403);
  expect(
    (await post('/v1/traces', new Uint8Array(exportRequest(spanBody('00000000000000a1', 'x'))), protobuf)).status,
  ).toBe(403);
  expect(store.traces.count()).toBe(0);
});

test('other methods and paths are refused', async () => {
  const { address } = await world();
  const headers = { authorization: 'Bearer atl-x' };
  expect((await fetch(`${address}/v1/traces`, { headers })).status).toBe(405);
  expect((await fetch(`${address}/v1/scores`, { method: 'DELETE', headers })).status).toBe(405);
  expect((await fetch(`${address}/v1/tracesmore`, { method: 'POST', headers })).status).toBe(404);
});
