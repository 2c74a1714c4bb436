// Traces for looking at: a run with nested, concurrent and failed spans, one of 5,000 spans, and as many plain ones as asked for.
import type { Score, Span, SpanKind, TraceSummary } from '#contract/trace';
import type { Message, Turn } from '#contract/turn';
import { openWorkspaceStore } from '#adapters/workspace';
import type { Store } from '#engine/ports';
import { turnsOf } from '#engine/turns/path';
import { hash, importOf, leafOf, start } from './samples.ts';

/** Opens the workspace in `folder`, lets `fill` write all at once, and closes it. */
export function seedWorkspace(folder: string, fill: (store: Store) => void): void {
  const store = openWorkspaceStore(folder);
  try {
    store.transaction(() => fill(store));
  } finally {
    store.close();
  }
}

export interface SeededTrace {
  readonly name: string;
  readonly path: readonly Turn[];
  readonly spans?: readonly Span[];
  readonly change?: Partial<TraceSummary>;
}

const importId = 'seed';

/** Puts one trace under the import "seed"; returns its id. */
export function putTrace(store: Store, { name, path, spans = [], change = {} }: SeededTrace): string {
  const id = hash(`trace ${name}`);
  const times = spans.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt].filter((time) => time !== undefined));
  const timed = times.length === 0 ? {} : { startedAt: minOf(times), endedAt: maxOf(times) };
  if (store.imports.get(importId) === undefined) store.imports.put(importOf(importId, { file: '/logs/seed.jsonl' }));
  if (path.length > 0) store.turns.putPath(path);
  store.traces.putRecord({ id, importId, position: change.position ?? 0 });
  store.traces.put({
    summary: {
      id,
      name,
      source: 'otlp',
      importId,
      position: 0,
      messageCount: Math.max(0, path.length - 1),
      spanCount: spans.length,
      toolCallCount: 0,
      importedAt: start,
      scores: [],
      ...(path.length === 0 ? {} : { leaf: leafOf(path) }),
      ...timed,
      ...change,
    },
    recordId: id,
    side: '',
  });
  if (spans.length > 0) store.traces.putSpans(id, spans);
  return id;
}

const text = (content: string): { readonly type: 'text'; readonly text: string } => ({ type: 'text', text: content });

/** A one-pixel picture. */
const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export const plannerMessages: readonly Message[] = [
  {
    role: 'context',
    content: [text('You plan deliveries for a bookshop. Ask the tools, never guess.')],
    tools: [
      { name: 'find_stock', description: 'Copies of a title, by shelf.', input_schema: { type: 'object' } },
      { name: 'route', description: 'Shortest way between two addresses.', input_schema: { type: 'object' } },
    ],
  },
  {
    role: 'user',
    content: [
      text('Can the three signed copies reach Dover by Friday?'),
      { type: 'image', url: pixel },
      { type: 'image', url: 'https://pictures.invalid/shelf.png' },
    ],
  },
  {
    role: 'assistant',
    content: [{ type: 'reasoning', text: 'Stock first, then the road.' }, text('I look at the stock and the road.')],
    toolCalls: [
      {
        name: 'find_stock',
        arguments: { title: 'The Salt Path', signed: true, shelves: ['A1', 'B7', 'C3'], limits: { most: 3 } },
      },
      { name: 'route', arguments: { from: 'Riverside', to: 'Dover' } },
    ],
  },
  {
    role: 'tool',
    call: 0,
    content: [text('{"copies": 3, "shelves": [{"shelf": "B7", "copies": 3, "order": 12345678901234567890}]}')],
  },
  { role: 'tool', call: 1, isError: true, content: [text('The map service did not answer within 2 s.')] },
  {
    role: 'assistant',
    content: [
      text(
        'All three copies are here. The map is out of reach, so I try once more:\n\n```\nroute Riverside Dover\n```',
      ),
    ],
    toolCalls: [{ name: 'route', arguments: { from: 'Riverside', to: 'Dover' } }],
  },
  { role: 'tool', call: 2, content: [text('112 km, 1 h 40 min')] },
  { role: 'assistant', content: [text('Yes: they are here, and Dover is 1 h 40 min away.')] },
];

/** A run with recorded times: an agent, two model calls, tools at the same time, one of them failed. */
export function putPlanner(store: Store): string {
  const path = turnsOf(plannerMessages);
  const at = (index: number): { readonly read?: string; readonly wrote?: string } => {
    const [before, own] = [path[index - 1], path[index]];
    return { ...(before === undefined ? {} : { read: before.id }), ...(own === undefined ? {} : { wrote: own.id }) };
  };
  const spans: readonly Span[] = [
    span('run', 'plan a delivery', 'code', 0, 6400),
    span('ask', 'question', 'human', 0, 4, 'run', at(1)),
    span('m1', 'chat planner-large', 'model', 10, 1310, 'run', {
      ...at(2),
      attributes: {
        'gen_ai.request.model': 'planner-large',
        'gen_ai.usage.input_tokens': 412,
        'gen_ai.usage.output_tokens': 96,
      },
    }),
    span('t1', 'find_stock', 'tool', 1320, 1900, 'run', at(3)),
    span('q1', 'search shelves', 'retrieval', 1400, 1850, 't1'),
    span('t2', 'route', 'tool', 1320, 3320, 'run', { ...at(4), error: 'The map service did not answer within 2 s.' }),
    span('m2', 'chat planner-large', 'model', 3400, 4700, 'run', at(5)),
    span('t3', 'route', 'tool', 4710, 4950, 'run', at(6)),
    span('m3', 'chat planner-large', 'model', 5000, 6390, 'run', at(7)),
  ];
  return putTrace(store, {
    name: 'plan a delivery',
    path,
    spans,
    change: {
      model: 'planner-large',
      group: 'deliveries',
      inputTokens: 1811,
      outputTokens: 240,
      toolCallCount: 3,
      error: 'route: the map service did not answer within 2 s.',
      scores: [{ name: 'helpful', value: 0.75 }],
    },
  });
}

/** `count` spans: an agent, steps below it, a model call and tools below each, some of them at the same time. */
export function manySpans(count: number): readonly Span[] {
  const spans: Span[] = [span('root', 'long run', 'code', 0, count * 40)];
  const kinds: readonly SpanKind[] = ['model', 'tool', 'tool', 'retrieval', 'human'];
  for (let index = 1; index < count; index += 1) {
    const step = Math.floor((index - 1) / 6);
    const isStep = (index - 1) % 6 === 0;
    const from = step * 240 + (isStep ? 0 : 10 + ((index - 2) % 6) * 30);
    const kind = isStep ? 'code' : (kinds[index % kinds.length] ?? 'tool');
    const failed = index % 211 === 0 ? { error: `Step ${index} was refused.` } : {};
    const length = isStep ? 230 : 25 + ((index * 37) % 90);
    spans.push(
      span(
        `s${index}`,
        isStep ? `step ${step}` : `${kind} ${index}`,
        kind,
        from,
        from + length,
        isStep ? 'root' : `s${step * 6 + 1}`,
        failed,
      ),
    );
  }
  return spans;
}

/** A transcript of `turns` turns after the context, tool calls with results among them. */
export function longMessages(turns: number): readonly Message[] {
  const messages: Message[] = [{ role: 'context', content: [text('You count.')], tools: [] }];
  let calls = 0;
  while (messages.length <= turns) {
    const at = messages.length;
    if (at % 4 === 1)
      messages.push({ role: 'user', content: [text(`Count on from ${at}.\n${'word '.repeat(at % 60)}`)] });
    else if (at % 4 === 2)
      messages.push({ role: 'assistant', content: [], toolCalls: [{ name: 'count', arguments: { from: at } }] });
    else if (at % 4 === 3) messages.push({ role: 'tool', call: calls++, content: [text(`{"next": ${at + 1}}`)] });
    else messages.push({ role: 'assistant', content: [text(`That is ${at}.`)] });
  }
  return messages;
}

/** `count` short traces that share their first turns, with models, groups, scores and now and then an error. */
export function putManyTraces(store: Store, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const group = `task ${Math.floor(index / 8)}`;
    const scores: readonly Score[] = index % 3 === 0 ? [] : [{ name: 'reward', value: index % 2 }];
    putTrace(store, {
      name: `${group}, trial ${index % 8}`,
      path: turnsOf([
        { role: 'context', content: [text('You help.')], tools: [] },
        { role: 'user', content: [text(`Question ${Math.floor(index / 8)}`)] },
        { role: 'assistant', content: [text(`Answer ${index}`)] },
      ]),
      change: {
        source: index % 5 === 0 ? 'anthropic' : 'openai-chat',
        position: index,
        group,
        model: `model-${index % 7}`,
        scores,
        startedAt: start + index * 1000,
        endedAt: start + index * 1000 + 750 + (index % 900),
        inputTokens: 100 + index,
        outputTokens: 20 + (index % 50),
        ...(index % 17 === 0 ? { error: 'The model refused.' } : {}),
      },
    });
  }
}

function span(
  id: string,
  name: string,
  kind: SpanKind,
  from: number,
  to: number,
  parent?: string,
  more: Partial<Span> = {},
): Span {
  const placed = { id, name, kind, startedAt: start + from, endedAt: start + to, attributes: {} };
  return { ...placed, ...(parent === undefined ? {} : { parent }), ...more };
}

function minOf(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity);
}

function maxOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}
