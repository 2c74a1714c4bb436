// OTLP traces: spans, turns and figures from each convention; one trace over many lines and files.
import { traceDetail } from '#engine/trace/detail';
import { rawRecord } from '#engine/trace/source';
import type { Turn } from '#contract/turn';
import { madeTranscript, type MadeMessage } from '#test/transcripts';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { jsonl, workbench } from './bench.ts';

const folder = join(import.meta.dirname, '../../../fixtures/import');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const planner = '5b8efff798038103d269b633813fc60c';
const start = 1_719_000_000_000;

function roles(path: readonly Turn[]): string[] {
  return path.map(({ message }) => {
    const calls = message.role === 'assistant' ? (message.toolCalls ?? []).map(({ name }) => name) : [];
    const said = message.content.map((part) =>
      part.type === 'text' || part.type === 'reasoning' ? part.text : part.type,
    );
    return [message.role, ...said, ...calls].join(' ');
  });
}

describe('GenAI conventions', () => {
  test('messages in attributes, as JSON text and as structure', async () => {
    using bench = workbench();
    const { summary, rejects } = await bench.take(read('otlp-genai.jsonl'));
    expect(rejects).toEqual([]);
    expect(summary).toMatchObject({
      format: 'otlp',
      traces: 1,
      newTraces: 1,
      spans: 4,
      messages: 5,
      turns: 6,
      newTurns: 6,
      scores: 1,
    });
    const { trace, path, spans, timed } = traceDetail(bench.store, planner);
    expect(trace).toMatchObject({
      name: 'Weather in Oslo?',
      model: 'gpt-4o-2024-08-06',
      startedAt: start,
      endedAt: start + 950,
      inputTokens: 80,
      outputTokens: 13,
      spanCount: 4,
      toolCallCount: 1,
      messageCount: 5,
      scores: [{ name: 'helpful', value: 0.75, comment: 'Short but right.' }],
    });
    expect(timed).toBe(true);
    expect(roles(path)).toEqual([
      'context You plan trips.',
      'user Weather in Oslo?',
      'assistant Ask the tool. get_weather',
      'tool cold',
      'assistant Cold.',
    ]);
    const [context, user, call, , answer] = path;
    expect(context?.message).toMatchObject({ tools: [{ type: 'function', function: { name: 'get_weather' } }] });
    const byId = new Map(spans.map((span) => [span.id.slice(-2), span]));
    expect(byId.get('a1')).toMatchObject({
      kind: 'model',
      read: user?.id,
      wrote: call?.id,
      parent: '00000000000000a0',
    });
    expect(byId.get('a3')).toMatchObject({ kind: 'model', wrote: answer?.id, startedAt: start + 510 });
    expect(byId.get('a0')).toMatchObject({
      kind: 'code',
      attributes: { 'gen_ai.agent.name': 'planner', 'otel.resource': { 'service.name': 'planner' } },
    });
    // The second answer sampled is a candidate: a sibling of the one that was followed.
    expect(bench.store.turns.children(answer?.parent ?? '').map(({ message }) => message.content)).toEqual([
      [{ type: 'text', text: 'Cold.' }],
      [{ type: 'text', text: 'It is cold.' }],
    ]);
  });

  test('a tool span stands between the turn that asked and its result, where both are known', async () => {
    using bench = workbench();
    await bench.take(read('otlp-genai.jsonl'));
    const { path, spans } = traceDetail(bench.store, planner);
    expect(spans.find(({ kind }) => kind === 'tool')).toMatchObject({ read: path[2]?.id, wrote: path[3]?.id });
  });

  test('messages in events, one each', async () => {
    using bench = workbench();
    const { summary } = await bench.take(read('otlp-events.jsonl'));
    expect(summary).toMatchObject({ traces: 2, spans: 2, rejected: 0 });
    expect(roles(traceDetail(bench.store, '4bf92f3577b34da6a3ce929d0e0e4736').path)).toEqual([
      'context Be short.',
      'user Capital of Peru?',
      'assistant Lima',
    ]);
  });

  test('OpenLLMetry attributes under snake_case keys', async () => {
    using bench = workbench();
    await bench.take(read('otlp-events.jsonl'));
    const { trace, path } = traceDetail(bench.store, '11112222333344445555666677778888');
    expect(roles(path)).toEqual(['context', 'user Hi', 'assistant Hello']);
    expect(trace).toMatchObject({ model: 'gpt-4', inputTokens: 1, outputTokens: 1, messageCount: 2 });
  });

  test('the inference event carries what the span does not', async () => {
    using bench = workbench();
    const span = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      name: 'chat m',
      attributes: [{ key: 'gen_ai.operation.name', value: { stringValue: 'chat' } }],
      events: [
        {
          name: 'gen_ai.client.inference.operation.details',
          attributes: [
            {
              key: 'gen_ai.input.messages',
              value: { stringValue: '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]' },
            },
            {
              key: 'gen_ai.output.messages',
              value: { stringValue: '[{"role":"assistant","parts":[{"type":"text","content":"Ho"}]}]' },
            },
          ],
        },
      ],
    };
    await bench.take(jsonl([{ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }]));
    const { path, timed } = traceDetail(bench.store, 'a'.repeat(32));
    expect(roles(path)).toEqual(['context', 'user Hi', 'assistant Ho']);
    expect(timed).toBe(false);
  });
});

test('OpenInference, one indented document', async () => {
  using bench = workbench();
  const { summary } = await bench.take(read('otlp-openinference.json'), 'auto', 'doc.json');
  expect(summary).toMatchObject({ format: 'otlp', traces: 1, spans: 3, messages: 3, rejected: 0 });
  const { trace, path, spans } = traceDetail(bench.store, '0af7651916cd43dd8448eb211c80319c');
  expect(roles(path)).toEqual(['context Find papers.', 'user On turn trees', 'assistant search']);
  expect(spans.map(({ kind }) => kind).toSorted()).toEqual(['code', 'model', 'retrieval']);
  expect(trace).toMatchObject({ error: 'Timed out', model: 'gpt-4o-mini', inputTokens: 12, outputTokens: 5 });
  expect(spans.find(({ kind }) => kind === 'retrieval')?.attributes).toMatchObject({
    'retrieval.documents.0.document.content': 'A tree of turns',
  });
});

describe('spans of one trace', () => {
  test('spread over files come together, in any order, each once', async () => {
    const lines = read('otlp-genai.jsonl').trimEnd().split('\n');
    using whole = workbench();
    await whole.take(`${lines.join('\n')}\n`);
    using spread = workbench();
    await spread.take(`${lines[1]}\n`, 'auto', 'two.jsonl');
    expect(traceDetail(spread.store, planner).trace).toMatchObject({ spanCount: 2, inputTokens: 50, messageCount: 5 });
    const { summary } = await spread.take(`${lines[0]}\n`, 'auto', 'one.jsonl');
    expect(summary).toMatchObject({ traces: 1, newTraces: 0, spans: 2 });
    const again = await spread.take(`${lines.join('\n')}\n`, 'auto', 'all.jsonl');
    expect(again.summary).toMatchObject({ traces: 1, newTraces: 0, newTurns: 0, spans: 4, messages: 5 });
    const figures = (bench: typeof whole): object => {
      const { importId: _importId, position: _position, ...rest } = traceDetail(bench.store, planner).trace;
      return rest;
    };
    expect(figures(spread)).toEqual(figures(whole));
  });

  test('ids of 64 bits, padded with zeros, are as many traces as there are', async () => {
    using bench = workbench();
    const request = (index: number): unknown => {
      const span = { traceId: index.toString(16).padStart(32, '0'), spanId: '00000000000000a1', name: 'step' };
      return { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] };
    };
    const { summary } = await bench.take(jsonl(Array.from({ length: 9 }, (_, index) => request(index + 1))));
    expect(summary).toMatchObject({ traces: 9, newTraces: 9, spans: 9 });
  });

  test('what is written out reads in as the same trace', async () => {
    using bench = workbench();
    await bench.take(read('otlp-genai.jsonl'));
    const before = traceDetail(bench.store, planner);
    using other = workbench();
    const { rejects } = await other.take(`${rawRecord(bench.store, planner)}\n`);
    expect(rejects).toEqual([]);
    const after = traceDetail(other.store, planner);
    expect(after.path).toEqual(before.path);
    const byId = (spans: typeof before.spans): unknown =>
      spans.toSorted((left, right) => (left.id < right.id ? -1 : 1));
    expect(byId(after.spans)).toEqual(byId(before.spans));
    expect((await bench.give()).map((line) => Object.keys(JSON.parse(line)))).toEqual([['resourceSpans']]);
  });
});

describe('an agent whose every span repeats the conversation', () => {
  const whole = madeTranscript(3, 241);
  const traceId = 'c'.repeat(32);
  const text = (value: unknown): unknown => ({ stringValue: JSON.stringify(value) });
  const parts = ({ role, content, tool_calls: calls, tool_call_id: id }: MadeMessage): unknown => ({
    role,
    parts: [
      ...(content === null || role === 'tool' ? [] : [{ type: 'text', content }]),
      ...(calls ?? []).map((call) => ({
        type: 'tool_call',
        id: call.id,
        name: call.function.name,
        arguments: JSON.parse(call.function.arguments) as unknown,
      })),
      ...(role === 'tool' ? [{ type: 'tool_call_response', id, response: content }] : []),
    ],
  });
  const spans = whole.flatMap((message, index) => {
    if (message.role !== 'assistant') return [];
    const values = {
      'gen_ai.input.messages': whole.slice(0, index).map(parts),
      'gen_ai.output.messages': [parts(message)],
    };
    const attributes = [
      { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
      ...Object.entries(values).map(([key, value]) => ({ key, value: text(value) })),
    ];
    return [
      {
        traceId,
        spanId: index.toString(16).padStart(16, '0'),
        name: 'chat',
        startTimeUnixNano: `${start + index}000000`,
        attributes,
      },
    ];
  });
  const content = jsonl(spans.map((span) => ({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })));

  test('takes a fifth of its bytes at most, and gives every attribute back', async () => {
    using bench = workbench();
    const { summary } = await bench.take(content);
    expect(summary).toMatchObject({ traces: 1, spans: spans.length, messages: 241, turns: 241, rejected: 0 });
    const raw = JSON.parse(rawRecord(bench.store, traceId)) as {
      resourceSpans: { scopeSpans: { spans: typeof spans }[] }[];
    };
    const given = raw.resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
    const attributesOf = (span: (typeof spans)[number]): unknown =>
      Object.fromEntries(span.attributes.map(({ key, value }) => [key, value]));
    expect(given.map(attributesOf)).toEqual(spans.map(attributesOf));
    bench.store.close();
    expect(statSync(join(bench.folder, 'studio.db')).size / content.length).toBeLessThan(0.2);
  });

  test('is shown without them: the turns of each span say the same', async () => {
    using bench = workbench();
    await bench.take(content);
    const detail = traceDetail(bench.store, traceId);
    expect(detail.path).toHaveLength(241);
    for (const span of detail.spans) expect(Object.keys(span.attributes)).toEqual(['gen_ai.operation.name']);
    expect(JSON.stringify(detail).length).toBeLessThan(content.length / 5);
  });
});

describe('what is not well-formed', () => {
  test('a span without an id is named; the others come in', async () => {
    using bench = workbench();
    const good = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'ok' };
    const bad = { traceId: 'zz', spanId: 'b'.repeat(16), name: 'lost' };
    const { summary, rejects } = await bench.take(
      jsonl([{ resourceSpans: [{ scopeSpans: [{ spans: [good, bad] }] }] }]),
    );
    expect(summary).toMatchObject({ spans: 1, rejected: 1 });
    expect(rejects[0]?.cause).toBe('The span "lost" has no valid trace id.');
  });

  test('logs and metrics are named for what they are', async () => {
    using bench = workbench();
    const { rejects } = await bench.take(jsonl([{ resourceLogs: [] }]), 'otlp');
    expect(rejects[0]).toMatchObject({ cause: 'It holds log records, not spans.' });
  });

  test('ids in base64, times as numbers, 64-bit integers', async () => {
    using bench = workbench();
    const id = Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex');
    const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${id.toString('base64')}","spanId":"${id.subarray(0, 8).toString('base64')}","name":"n","startTimeUnixNano":1719000000123456789,"attributes":[{"key":"big","value":{"intValue":"9223372036854775807"}},{"key":"small","value":{"intValue":7}}]}]}]}]}\n`;
    const { rejects } = await bench.take(text);
    expect(rejects).toEqual([]);
    const { spans } = traceDetail(bench.store, '0af7651916cd43dd8448eb211c80319c');
    expect(spans[0]).toMatchObject({ id: '0af7651916cd43dd', attributes: { big: '9223372036854775807', small: 7 } });
    expect(spans[0]?.startedAt).toBeCloseTo(1_719_000_000_123.4568, 3);
  });
});
