// Each format's fixture: recognised, read into the turns a person would expect, given back equal.
import type { ImportSummary } from '#contract/import';
import type { TraceSummary } from '#contract/trace';
import type { Message, Part } from '#contract/turn';
import { detectFile } from '#engine/trace/import/formats';
import { rawRecord } from '#engine/trace/source';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { workbench, type Workbench } from './bench.ts';

const folder = join(import.meta.dirname, '../../../fixtures/import');

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

function counted(summary: ImportSummary): Partial<ImportSummary> {
  const { traces, messages, turns, newTurns, spans, scores, pairs, rejected } = summary;
  return { traces, messages, turns, newTurns, spans, scores, pairs, rejected };
}

function partText(part: Part): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'reasoning':
      return `(${part.text})`;
    case 'image':
      return `<${part.url.slice(0, 15)}>`;
    case 'other':
      return `{${part.kind}}`;
  }
}

/** One line a message: role, what it says, calls and what they answer. */
function line(message: Message): string {
  const said = message.content.map(partText).join(' ');
  switch (message.role) {
    case 'context':
      return `context ${said} [${message.tools.length} tools]`;
    case 'assistant': {
      const calls = (message.toolCalls ?? []).map(
        (call) => `${call.name}${JSON.stringify(call.arguments)}${call.unparsed ? '!' : ''}`,
      );
      return ['assistant', said, ...calls].filter((text) => text !== '').join(' ');
    }
    case 'tool':
      return `tool ${message.call ?? message.name ?? '?'}${message.isError ? ' error' : ''} ${said}`;
    case 'user':
    case 'system':
      return `${message.role} ${said}`;
  }
}

function transcripts(bench: Workbench): string[][] {
  const { items } = bench.store.traces.list({}, { by: 'position', descending: false }, 0, 100);
  return items.map(({ leaf }) =>
    leaf === undefined ? [] : bench.store.turns.path(leaf).map((turn) => line(turn.message)),
  );
}

function summaries(bench: Workbench): readonly TraceSummary[] {
  return bench.store.traces.list({}, { by: 'position', descending: false }, 0, 100).items;
}

async function takeFixture(bench: Workbench, name: string): Promise<ImportSummary> {
  const { summary } = await bench.take(read(name), 'auto', name);
  return summary;
}

describe('recognition', () => {
  test.each([
    ['openai.jsonl', 'openai-chat'],
    ['openai.json', 'openai-chat'],
    ['anthropic.jsonl', 'anthropic'],
    ['tau-bench.json', 'tau-bench'],
    ['trl.jsonl', 'trl'],
    ['openai-preference.jsonl', 'openai-preference'],
    ['hh-rlhf.jsonl', 'hh-rlhf'],
    ['otlp-genai.jsonl', 'otlp'],
    ['otlp-openinference.json', 'otlp'],
    ['otlp-events.jsonl', 'otlp'],
  ])('%s is %s, whatever its name', async (name, format) => {
    using bench = workbench();
    const path = bench.file('data.txt', read(name));
    expect(await detectFile(path)).toMatchObject({
      path,
      name: basename(path),
      format,
      bytes: Buffer.byteLength(read(name)),
    });
  });

  test('a file of no known format says what was seen and what is known', async () => {
    using bench = workbench();
    const { reason, format } = await detectFile(bench.file('a.jsonl', '{"question":"?","answer":42}\n'));
    expect(format).toBeUndefined();
    expect(reason).toContain('an object with "question", "answer"');
    expect(reason).toContain(
      'OpenAI chat, τ-bench, Anthropic messages, TRL preferences, OpenAI preferences, HH-RLHF, OpenTelemetry',
    );
    const { summary } = await bench.take('{"question":"?"}\n');
    expect(summary).toMatchObject({ state: 'failed', traces: 0 });
    expect(summary.format).toBeUndefined();
  });
});

describe('OpenAI', () => {
  test.each(['openai.jsonl', 'openai.json'])('%s', async (name) => {
    using bench = workbench();
    const summary = await takeFixture(bench, name);
    expect(counted(summary)).toEqual({
      traces: 4,
      messages: 14,
      turns: 14,
      newTurns: 14,
      spans: 0,
      scores: 0,
      pairs: 0,
      rejected: 0,
    });
    expect(transcripts(bench)).toEqual([
      [
        'context You help travellers. [1 tools]',
        'user Is it warm in Lisbon?',
        'assistant get_weather{"city":"Lisbon","unit":"c"}',
        'tool 0 {"temp": 24}',
        'assistant Yes, 24 °C.',
      ],
      ['context  [0 tools]', 'user What is this? <data:image/png;>', 'assistant A lighthouse.', 'user Thanks'],
      ['context Answer in one word. [0 tools]', 'user 2 + 2?', 'assistant (Small sum.) Four'],
      ['context  [1 tools]', 'user Ping', 'assistant pong"not json"!'],
    ]);
    expect(summaries(bench)[0]).toMatchObject({
      name: 'Is it warm in Lisbon?',
      model: 'gpt-4o-2024-08-06',
      toolCallCount: 1,
      messageCount: 5,
    });
    expect(summaries(bench)[3]).toMatchObject({
      model: 'gpt-4o-mini',
      inputTokens: 8,
      outputTokens: 3,
      startedAt: 1_719_000_000_000,
    });
  });

  test('a huge integer goes out with every digit', async () => {
    using bench = workbench();
    await takeFixture(bench, 'openai.jsonl');
    const [, , third] = await bench.give();
    expect(third).toContain('"seed":12345678901234567890');
    expect(rawRecord(bench.store, summaries(bench)[2]?.id ?? '')).toBe(third);
  });
});

test('several answers to one request are siblings, and one record', async () => {
  using bench = workbench();
  const choice = (index: number, content: string): unknown => ({
    finish_reason: 'stop',
    index,
    message: { role: 'assistant', content },
  });
  const request = { model: 'm', messages: [{ role: 'user', content: 'Name a colour.' }], n: 3 };
  const records = [
    { request, response: { choices: [choice(0, 'Blue'), choice(1, 'Red'), { index: 2 }, choice(3, 'Green')] } },
    { ...request, choices: [choice(0, 'Blue')] },
  ];
  // The same record once more is a record of its own, with answers of its own.
  const lines = [...records, records[0]].map((record) => JSON.stringify(record));
  const { summary, rejects } = await bench.take(`${lines.join('\n')}\n`);
  expect(rejects).toEqual([]);
  expect(counted(summary)).toMatchObject({ traces: 7, turns: 4, pairs: 0 });
  expect(transcripts(bench).map((path) => path.at(-1))).toEqual([
    'assistant Blue',
    'assistant Red',
    'assistant Green',
    'assistant Blue',
    'assistant Blue',
    'assistant Red',
    'assistant Green',
  ]);
  expect(await bench.give()).toEqual(lines);
  const again = await bench.take(`${lines.join('\n')}\n`);
  expect(again.summary).toMatchObject({ traces: 7, newTraces: 0, newTurns: 0 });
  expect(await bench.give()).toEqual(lines);
});

test('Anthropic', async () => {
  using bench = workbench();
  const summary = await takeFixture(bench, 'anthropic.jsonl');
  expect(counted(summary)).toEqual({
    traces: 2,
    messages: 10,
    turns: 10,
    newTurns: 10,
    spans: 0,
    scores: 0,
    pairs: 0,
    rejected: 0,
  });
  expect(transcripts(bench)).toEqual([
    [
      'context You are a careful engineer. [2 tools]',
      'user What is in src and test?',
      'assistant (Two listings.) I will look. list_files{"path":"src"} list_files{"path":"test"}',
      'tool 1 main.test.ts',
      'tool 0 error No such folder',
      'user Be brief.',
      'assistant src is missing; test has one file.',
    ],
    ['context Name the animal. [0 tools]', 'user <data:image/png;> Who?', 'assistant {redacted_thinking} A cat.'],
  ]);
  expect(summaries(bench)[1]).toMatchObject({ model: 'claude-3-5-haiku-latest', inputTokens: 40, outputTokens: 5 });
  const [first] = await bench.give('openai-chat');
  expect(JSON.parse(first ?? '')).toMatchObject({
    messages: [
      { role: 'system' },
      { role: 'user' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'call_0', function: { arguments: '{"path":"src"}' } }, { id: 'call_1' }],
      },
      { role: 'tool', tool_call_id: 'call_1' },
      { role: 'tool', tool_call_id: 'call_0' },
      { role: 'user' },
      { role: 'assistant' },
    ],
    tools: [{ type: 'function', function: { name: 'list_files' } }, { name: 'web_search' }],
  });
});

test('τ-bench: reward is a score, task is a group', async () => {
  using bench = workbench();
  const summary = await takeFixture(bench, 'tau-bench.json');
  expect(counted(summary)).toEqual({
    traces: 2,
    messages: 8,
    turns: 6,
    newTurns: 6,
    spans: 0,
    scores: 2,
    pairs: 0,
    rejected: 0,
  });
  expect(summaries(bench)).toMatchObject([
    { name: 'task 3, trial 0', group: 'task 3', scores: [{ name: 'reward', value: 1 }] },
    { name: 'task 3, trial 1', group: 'task 3', scores: [{ name: 'reward', value: 0 }], error: 'Rate limited' },
  ]);
});

test('TRL: two traces and a labelled pair a record', async () => {
  using bench = workbench();
  const { summary, rejects } = await bench.take(read('trl.jsonl'));
  expect(counted(summary)).toMatchObject({ traces: 11, pairs: 4, rejected: 1, scores: 3 });
  expect(rejects).toMatchObject([{ line: 5, cause: 'Chosen and rejected are equal.' }]);
  expect(transcripts(bench).slice(0, 6)).toEqual([
    ['context  [0 tools]', 'user The sky is', 'assistant  blue.'],
    ['context  [0 tools]', 'user The sky is', 'assistant  green.'],
    ['context  [0 tools]', 'user Water is', 'assistant  wet.'],
    ['context  [0 tools]', 'user Water is', 'assistant  dry.'],
    ['context Be kind. [1 tools]', 'user Hi', 'assistant Hello!'],
    ['context Be kind. [1 tools]', 'user Hi', 'assistant What?'],
  ]);
  const { store } = bench;
  const pairs = store.pairs.list({}, 0, 10).items;
  const labels = pairs.map((pair) => store.labels.list({ pairId: pair.id }, 0, 2).items);
  expect(labels.flat()).toMatchObject([{ strength: 1 }, { strength: 3 }, { strength: 1 }, { strength: 2 }]);
  for (const [index, pair] of pairs.entries()) {
    const label = labels[index]?.[0];
    const chosen = store.traces.get((label?.choice === 'a' ? pair.traceA : pair.traceB) ?? '');
    expect(chosen).toMatchObject({ side: 'chosen', summary: { leaf: label?.choice === 'a' ? pair.a : pair.b } });
    expect(label).toMatchObject({ annotator: 'imported', source: 'imported' });
    expect(pair.a < pair.b).toBe(true);
  }
});

test('OpenAI preferences: two traces and a labelled pair a record', async () => {
  using bench = workbench();
  const { summary, rejects } = await bench.take(read('openai-preference.jsonl'));
  expect(rejects).toEqual([]);
  expect(counted(summary)).toMatchObject({ traces: 6, pairs: 3, rejected: 0, scores: 0 });
  expect(transcripts(bench).slice(2, 4)).toEqual([
    ['context Help travellers. [1 tools]', 'user Warm in Lisbon?', 'assistant get_weather{"city":"Lisbon"}'],
    ['context Help travellers. [1 tools]', 'user Warm in Lisbon?', 'assistant No idea.'],
  ]);
  const { store } = bench;
  for (const pair of store.pairs.list({}, 0, 10).items) {
    const [label] = store.labels.list({ pairId: pair.id }, 0, 2).items;
    const chosen = store.traces.get((label?.choice === 'a' ? pair.traceA : pair.traceB) ?? '');
    expect(chosen).toMatchObject({ side: 'chosen', summary: { leaf: label?.choice === 'a' ? pair.a : pair.b } });
    expect(label).toMatchObject({ annotator: 'imported', strength: 1 });
  }
});

test('HH-RLHF', async () => {
  using bench = workbench();
  const summary = await takeFixture(bench, 'hh-rlhf.jsonl');
  expect(counted(summary)).toMatchObject({ traces: 4, pairs: 2, rejected: 0, turns: 8 });
  expect(transcripts(bench)[0]).toEqual([
    'context  [0 tools]',
    'user How do I boil an egg?',
    'assistant Eight minutes in boiling water.',
    'user Soft?',
    'assistant Then six.',
  ]);
});

describe('every conversational fixture goes out equal', () => {
  test.each([
    'openai.jsonl',
    'openai.json',
    'anthropic.jsonl',
    'tau-bench.json',
    'trl.jsonl',
    'openai-preference.jsonl',
    'hh-rlhf.jsonl',
  ])('%s', async (name) => {
    using bench = workbench();
    await takeFixture(bench, name);
    const text = read(name);
    const records: unknown[] = name.endsWith('.json')
      ? (JSON.parse(text) as unknown[])
      : text
          .trimEnd()
          .split('\n')
          .map((one): unknown => JSON.parse(one));
    const given = (await bench.give()).map((one): unknown => JSON.parse(one));
    expect(given.map((one) => JSON.stringify(one))).toEqual(records.map((one) => JSON.stringify(one)));
  });
});
