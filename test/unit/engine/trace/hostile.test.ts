// Bad input: a clear word for each, nothing lost, the good records beside it come in, never a crash.
import type { Reject } from '#contract/import';
import { detectFile } from '#engine/trace/import/formats';
import { importFiles } from '#engine/trace/import/run';
import { recordLimit } from '#engine/trace/import/reader';
import { execFileSync } from 'node:child_process';
import { openSync, symlinkSync, writeSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clock, jsonl, quietTask, workbench } from './bench.ts';

const good = JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }] });
const other = JSON.stringify({ messages: [{ role: 'user', content: 'Ho' }] });

function bytes(...parts: (string | number[])[]): Uint8Array {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
}

interface Case {
  readonly what: string;
  readonly content: string | Uint8Array;
  readonly traces: number;
  readonly rejects: readonly Partial<Reject>[];
}

const deep = (depth: number): string =>
  `{"messages":[{"role":"user","content":"x","deep":${'['.repeat(depth)}${']'.repeat(depth)}}]}`;

const cases: readonly Case[] = [
  { what: 'empty lines and CRLF', content: `\r\n${good}\r\n\r\n   \n${other}\r\n`, traces: 2, rejects: [] },
  { what: 'a byte order mark', content: `\ufeff${good}\n`, traces: 1, rejects: [] },
  { what: 'no line feed at the end', content: `${good}\n${other}`, traces: 2, rejects: [] },
  {
    what: 'a last line that is cut off',
    content: `${good}\n${other.slice(0, -8)}`,
    traces: 1,
    rejects: [
      {
        line: 2,
        cause: 'The JSON ends before it is complete.',
        byteStart: good.length + 1,
        byteEnd: good.length + 1 + other.length - 8,
      },
    ],
  },
  {
    what: 'a line that is no JSON between good ones',
    content: `${good}\nINFO started\n${other}\n`,
    traces: 2,
    rejects: [
      {
        line: 2,
        cause: expect.stringMatching(/^It is not JSON: an unexpected "I"/),
        excerpt: 'INFO started',
      },
    ],
  },
  {
    what: 'invalid UTF-8',
    content: bytes(good, '\n{"messages":[{"role":"user","content":"', [0xff, 0xfe], '"}]}\n', other, '\n'),
    traces: 2,
    rejects: [{ line: 2, cause: expect.stringMatching(/^It is not valid UTF-8 \(near byte 8\d\)\.$/) }],
  },
  {
    what: 'a surrogate half as an escape',
    content: '{"messages":[{"role":"user","content":"\\ud83d"}]}\n',
    traces: 1,
    rejects: [],
  },
  {
    what: 'NUL bytes after a crash',
    content: `${good}\n${'\0'.repeat(4096)}\n${other}\n`,
    traces: 2,
    rejects: [{ line: 2, cause: 'It holds NUL bytes where JSON should be.' }],
  },
  {
    what: 'an escaped NUL is text',
    content: '{"messages":[{"role":"user","content":"a\\u0000b"}]}\n',
    traces: 1,
    rejects: [],
  },
  { what: 'nesting within the limit', content: `${deep(900)}\n`, traces: 1, rejects: [] },
  {
    what: 'nesting that would overflow the stack',
    content: `${good}\n${deep(200_000)}\n`,
    traces: 1,
    rejects: [{ line: 2, cause: 'It is nested 200,003 levels deep; up to 1000 are read.' }],
  },
  {
    what: 'nesting that never closes',
    content: `${good}\n${'['.repeat(100_000)}\n`,
    traces: 1,
    rejects: [{ line: 2, cause: 'It is nested 100,000 levels deep; up to 1000 are read.' }],
  },
  {
    what: 'a key named twice',
    content: `{"messages":[{"role":"user","content":"a","content":"b"}]}\n${good}\n`,
    traces: 1,
    rejects: [{ line: 1, cause: 'An object names the key "content" twice.' }],
  },
  {
    what: 'a key named twice in two spellings',
    content: '{"messages":[{"role":"user","content":"a","c\\u006fntent":"b"}]}\n',
    traces: 0,
    rejects: [{ cause: 'An object names the key "content" twice.' }],
  },
  {
    what: 'keys that look like two in text',
    content: '{"messages":[{"role":"user","content":"{\\"a\\":1,\\"a\\":2}"}]}\n',
    traces: 1,
    rejects: [],
  },
  {
    what: '__proto__ as data',
    content: '{"messages":[{"role":"user","content":"x","__proto__":{"a":1}}],"__proto__":[1],"constructor":{}}\n',
    traces: 1,
    rejects: [],
  },
  {
    what: 'messages that are none',
    content: `{"messages":[3]}\n{"messages":[{"role":"critic","content":""}]}\n{"messages":{}}\n{"messages":[{"role":"user"},{"content":"x"}]}\n${good}\n`,
    traces: 1,
    rejects: [
      { line: 1, cause: 'Message 1 cannot be read: it is not an object.' },
      { line: 2, cause: 'Message 1 cannot be read: its role "critic" is unknown.' },
      { line: 3, cause: 'It has no list "messages".' },
      { line: 4, cause: 'Message 2 cannot be read: it has no role.' },
    ],
  },
];

describe('JSONL', () => {
  test.each(cases)('$what', async ({ content, traces, rejects }) => {
    using bench = workbench();
    const taken = await bench.take(content, 'openai-chat');
    expect(taken.rejects).toMatchObject(rejects);
    expect(taken.summary).toMatchObject({ state: 'done', traces, rejected: rejects.length });
    expect(await bench.give()).toHaveLength(traces);
  });

  test('every line says where it stands in the file', async () => {
    using bench = workbench();
    const content = `${good}\r\nbad é\r\n\r\nworse\n${good}`;
    const { rejects } = await bench.take(content, 'openai-chat');
    const cut = rejects.map(({ line, byteStart, byteEnd }) => [
      line,
      Buffer.from(content).subarray(byteStart, byteEnd).toString(),
    ]);
    expect(cut).toEqual([
      [2, 'bad é'],
      [4, 'worse'],
    ]);
  });
});

describe('a JSON array', () => {
  test('over many lines, elements beside broken ones come in', async () => {
    using bench = workbench();
    const { summary, rejects } = await bench.take(
      `[\n  ${good},\n  {"messages": [} },\n  ${other}\n]\n`,
      'openai-chat',
    );
    expect(summary).toMatchObject({ traces: 2, rejected: 1 });
    expect(rejects[0]).toMatchObject({ line: 3, excerpt: '{"messages": [} }' });
  });

  test('cut inside an element', async () => {
    using bench = workbench();
    const { summary, rejects } = await bench.take(`[${good},${other.slice(0, -5)}`);
    expect(summary).toMatchObject({ traces: 1, rejected: 1 });
    expect(rejects[0]).toMatchObject({ cause: 'The JSON ends before it is complete.' });
  });

  test('cut between elements', async () => {
    using bench = workbench();
    const { summary, rejects } = await bench.take(`[${good},${other},\n`);
    expect(summary).toMatchObject({ traces: 2, rejected: 1 });
    expect(rejects[0]).toMatchObject({ line: 2, cause: 'The array is not closed: the file ends early.' });
  });

  test('values one after the other, indented', async () => {
    using bench = workbench();
    const pretty = [good, other].map((one) => JSON.stringify(JSON.parse(one), null, 2)).join('\n');
    const { summary } = await bench.take(pretty);
    expect(summary).toMatchObject({ traces: 2, rejected: 0 });
  });
});

describe('numbers no double holds', () => {
  test.each([
    ['a huge integer', '12345678901234567890'],
    ['minus zero', '-0.0'],
    ['beyond the largest double', '1e400'],
    ['below the smallest', '1e-400'],
  ])('%s goes out as it came in', async (_, digits) => {
    using bench = workbench();
    const line = `{"messages":[{"role":"user","content":"x","n":[${digits}, 1]}],"seed": ${digits},"near":{"$number":"5"}}`;
    const { rejects } = await bench.take(`${line}\n`);
    expect(rejects).toEqual([]);
    expect(await bench.give()).toEqual([line.replaceAll(', 1', ',1').replace('"seed": ', '"seed":')]);
  });

  test('in arguments they keep two calls apart', async () => {
    using bench = workbench();
    const call = (id: string, text: boolean): string =>
      `{"messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":${text ? `"{\\"id\\":${id}}"` : `{"id":${id}}`}}}]}]}\n`;
    const { summary } = await bench.take(
      call('12345678901234567890', true) +
        call('12345678901234567891', true) +
        call('12345678901234567890', false) +
        call('12345678901234567891', false),
      'openai-chat',
    );
    expect(summary).toMatchObject({ traces: 4, turns: 2, rejected: 0 });
  });
});

describe('files that are something else', () => {
  test.each([
    ['gzip', [0x1f, 0x8b, 8, 0], 'gzip-compressed'],
    ['UTF-16 with a mark', [0xff, 0xfe, 0x7b, 0], 'UTF-16 text'],
    ['UTF-16 without one', [0x7b, 0, 0x22, 0], 'UTF-16 text'],
    ['Parquet', [0x50, 0x41, 0x52, 0x31], 'a Parquet file'],
    ['nothing', [], 'is empty'],
  ])('%s', async (_, head, said) => {
    using bench = workbench();
    const { summary } = await bench.take(Uint8Array.from(head));
    expect(summary.state).toBe('failed');
    expect(summary.problem).toContain(said);
  });

  test.skipIf(process.platform === 'win32')('pipes and devices are refused before they are opened', async () => {
    using bench = workbench();
    const pipe = join(bench.folder, 'pipe.jsonl');
    execFileSync('mkfifo', [pipe]);
    const endless = join(bench.folder, 'endless.jsonl');
    symlinkSync('/dev/zero', endless);
    for (const path of [pipe, endless]) {
      const { format, reason } = await detectFile(path);
      expect(format).toBeUndefined();
      expect(reason).toContain('is a pipe or a device');
    }
    const summaries = await importFiles(bench.store, clock, [pipe, endless], { format: 'openai-chat' }, quietTask());
    expect(summaries.map(({ state }) => state)).toEqual(['failed', 'failed']);
  });

  test('missing files and folders fail alone; the next file comes in', async () => {
    using bench = workbench();
    const paths = [join(bench.folder, 'none.jsonl'), bench.folder, bench.file('a.jsonl', `${good}\n`)];
    const summaries = await importFiles(bench.store, clock, paths, { format: 'auto' }, quietTask());
    expect(summaries.map(({ state }) => state)).toEqual(['failed', 'failed', 'done']);
    expect(summaries[0]?.problem).toContain('There is no file');
    expect(summaries[1]?.problem).toContain('is a folder');
  });
});

test('a 100 MB line is passed over without being held', { timeout: 60_000 }, async () => {
  using bench = workbench();
  const path = join(bench.folder, 'long.jsonl');
  const file = openSync(path, 'w');
  writeSync(file, `${good}\n{"messages":[{"role":"user","content":"`);
  const block = Buffer.alloc(1024 * 1024, 'a');
  for (let written = 0; written < 100; written += 1) writeSync(file, block);
  writeSync(file, `"}]}\n${other}\n`);
  closeSync(file);
  const [summary] = await importFiles(bench.store, clock, [path], { format: 'auto' }, quietTask());
  expect(summary).toMatchObject({ state: 'done', traces: 2, rejected: 1 });
  const [reject] = bench.store.imports.rejects(summary?.id ?? '', 0, 1).items;
  expect(reject?.cause).toBe(`The record is 100 MiB long; up to ${recordLimit / 1024 / 1024} MiB are read.`);
  expect(reject?.excerpt.length).toBeLessThanOrEqual(2000);
});

test(
  'a file of nothing but bad lines ends, counts them all and lists the first 10,000',
  { timeout: 60_000 },
  async () => {
    using bench = workbench();
    const { summary } = await bench.take('no\n'.repeat(12_000), 'openai-chat');
    expect(summary).toMatchObject({ state: 'done', traces: 0, rejected: 12_000 });
    expect(bench.store.imports.rejects(summary.id, 0, 1).total).toBe(10_000);
  },
);

test(
  'records of extreme shape come in and go out equal, in time that grows with their size',
  { timeout: 60_000 },
  async () => {
    using bench = workbench();
    const nest = (depth: number): string => '{"b":'.repeat(depth) + '1' + ',"a":1}'.repeat(depth);
    const calling = (given: string): string =>
      `{"role":"assistant","content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":${given}}}]}`;
    const unknown = '{"role":"tool","tool_call_id":"nobody","content":"x"},';
    const lines = [
      `{"messages":[${calling(nest(980))}]}`,
      `{"messages":[${calling(JSON.stringify(nest(990)))}]}`,
      `{"messages":[],"tools":[${nest(990)}]}`,
      `{"messages":[${'{"role":"user","content":"x"},'.repeat(150_000)}{"role":"user","content":"y"}]}`,
      `{"messages":[${calling('"{}"')},${unknown.repeat(5000)}{"role":"user","content":"y"}]}`,
    ];
    const { rejects } = await bench.take(`${lines.join('\n')}\n`, 'openai-chat');
    expect(rejects).toEqual([]);
    const given = await bench.give();
    expect(given.map((line, index) => line === lines[index])).toEqual([true, true, true, true, true]);
  },
);

test('one message of thousands of calls and one of their results', { timeout: 60_000 }, async () => {
  using bench = workbench();
  const ids = Array.from({ length: 20_000 }, (_, index) => `t${index}`);
  const record = {
    messages: [
      { role: 'assistant', content: ids.map((id) => ({ type: 'tool_use', id, name: 'f', input: { id } })) },
      { role: 'user', content: ids.map((id) => ({ type: 'tool_result', tool_use_id: id, content: id })) },
    ],
  };
  const { rejects } = await bench.take(jsonl([record]), 'anthropic');
  expect(rejects).toEqual([]);
  expect((await bench.give())[0] === JSON.stringify(record)).toBe(true);
});

test('records that are odd but whole come in', async () => {
  using bench = workbench();
  const odd = [
    { messages: [] },
    { messages: [{ role: 'system', content: '' }] },
    { messages: [{ role: 'tool', content: 'x', tool_call_id: 'nobody' }] },
    { messages: [{ role: 'user', content: { free: 'form' } }] },
    { messages: [{ role: 'assistant', content: [{ type: 'text' }, 'plain', 4, null] }] },
  ];
  const { summary, rejects } = await bench.take(jsonl(odd), 'openai-chat');
  expect(rejects).toEqual([]);
  expect(summary.traces).toBe(5);
  expect(await bench.give()).toEqual(odd.map((one) => JSON.stringify(one)));
});
