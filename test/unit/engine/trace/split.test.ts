// Splitting bytes into records: the same wherever the file is cut into chunks.
import { lineSplitter, valueSplitter, type RawRecord, type Splitter } from '#engine/trace/import/split';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const piece = fc.constantFrom(
  '{"a":1}',
  '{"b":"}\\"{"}',
  '[1,[2]]',
  '"s,]"',
  '12',
  'tru',
  '{',
  ']',
  '\n',
  '\r\n',
  ' ',
  ',',
  'é',
  '"',
  '\\',
  '[',
);
const text = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join('')));

function run(splitter: Splitter, bytes: Buffer, cuts: readonly number[]): RawRecord[] {
  const records: RawRecord[] = [];
  let from = 0;
  for (const cut of [
    ...cuts.map((one) => one % (bytes.length + 1)).toSorted((left, right) => left - right),
    bytes.length,
  ]) {
    records.push(...splitter.push(bytes.subarray(from, cut)));
    from = cut;
  }
  return [...records, ...splitter.end()];
}

function shown(records: readonly RawRecord[]): unknown[] {
  return records.map(({ line, start, end, bytes, trouble }) => ({
    line,
    start,
    end,
    trouble,
    text: bytes.toString('latin1'),
  }));
}

describe.each([
  ['lines', lineSplitter],
  ['values', valueSplitter],
])('%s', (_, make) => {
  test('do not depend on the chunks; each record is the bytes it names', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 6 }), (bytes, cuts) => {
        const whole = run(make({ offset: 0, limit: 1e6 }), bytes, []);
        expect(shown(run(make({ offset: 0, limit: 1e6 }), bytes, cuts))).toEqual(shown(whole));
        for (const record of whole) {
          expect(bytes.subarray(record.start, record.end).equals(record.bytes)).toBe(true);
          expect(record.line).toBe(1 + bytes.subarray(0, record.start).toString('latin1').split('\n').length - 1);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('a record over the limit is passed over with its range and its beginning', () => {
    const long = `{"a":"${'x'.repeat(50_000)}"}`;
    const bytes = Buffer.from(`{"b":1}\n${long}\n{"c":2}`);
    const records = run(make({ offset: 0, limit: 20_000 }), bytes, [10_000, 11_000, 30_000]);
    expect(records.map(({ trouble }) => trouble)).toEqual([undefined, 'too-large', undefined]);
    expect(records[1]).toMatchObject({ line: 2, start: 8, end: 8 + long.length });
    expect(records[1]?.bytes.length).toBeLessThan(20_000);
  });
});

describe('values', () => {
  const split = (source: string): string[] =>
    run(valueSplitter({ offset: 0, limit: 1e6 }), Buffer.from(source), []).map(
      (record) => record.trouble ?? record.bytes.toString(),
    );

  test.each([
    ['[{"a":[1,2]}, 3 ,"x"]', ['{"a":[1,2]}', '3 ', '"x"']],
    ['{"a":1}\n{"b":2} {"c":3}', ['{"a":1}', '{"b":2}', '{"c":3}']],
    ['[]', []],
    ['[{"a":1}][{"b":2}]', ['{"a":1}', '{"b":2}']],
    ['[{"a":"\\"]}"},', ['{"a":"\\"]}"}', 'unclosed']],
    ['[{"a":', ['cut']],
  ])('%s', (source, expected) => {
    expect(split(source)).toEqual(expected);
  });
});
