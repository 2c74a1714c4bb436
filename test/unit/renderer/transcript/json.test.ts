// JSON is shown as it was written: digits, repeated keys and escapes survive.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indentJson } from '../../../../src-renderer/ui/transcript/indent-json.ts';
import { inlineText, isInline, nodeOf, parseJsonText } from '../../../../src-renderer/ui/transcript/json-node.ts';

const jsonValues = fc.jsonValue({ maxDepth: 6 });

describe('parseJsonText', () => {
  it('keeps big integers and repeated keys', () => {
    const node = parseJsonText('{"id": 12345678901234567890, "a": 1, "a": 2}');
    expect(node).toMatchObject({ type: 'object' });
    expect(node === undefined ? '' : inlineText(node)).toBe('{ "id": 12345678901234567890, "a": 1, "a": 2 }');
  });

  it.each([
    '',
    'plain words',
    '"a string"',
    '12',
    '{',
    '{"a":}',
    '[1,]',
    "{'a': 1}",
    '{"a":1} and more',
    '[01]',
    '{"a" 1}',
    '["\u0001"]',
  ])('leaves %j as text', (text) => {
    expect(parseJsonText(text)).toBeUndefined();
  });

  it('leaves what nests too deep as text', () => {
    expect(parseJsonText('['.repeat(100_000))).toBeUndefined();
    expect(parseJsonText('['.repeat(5000) + ']'.repeat(5000))).toBeUndefined();
  });

  it('reads all that JSON.parse reads, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          jsonValues.map((value) => JSON.stringify(value, undefined, 1)),
          fc.json(),
          fc.string(),
        ),
        (text) => {
          let expected = true;
          try {
            const value: unknown = JSON.parse(text);
            expected = typeof value === 'object' && value !== null;
          } catch {
            expected = false;
          }
          expect(parseJsonText(text) !== undefined).toBe(expected);
        },
      ),
    );
  });
});

describe('nodeOf', () => {
  it('fits short flat values on a line and unfolds the rest', () => {
    expect(isInline(nodeOf({ user_id: 'mia_li_3668', ok: true, none: [] }))).toBe(true);
    expect(isInline(nodeOf({ nested: { a: 1 } }))).toBe(false);
    expect(isInline(nodeOf({ code: 'a\nb' }))).toBe(false);
    expect(isInline(nodeOf(Array.from({ length: 60 }, (_, index) => index)))).toBe(false);
  });

  it('survives nesting deeper than can be shown', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 50_000; depth += 1) deep = [deep];
    expect(nodeOf(deep as never).type).toBe('array');
  });
});

describe('indentJson', () => {
  it('lays out objects and lists, keeps empty ones on a line', () => {
    expect(indentJson('{"a":[1,{"b":{}}],"c":[ ]}')).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": {}\n    }\n  ],\n  "c": []\n}',
    );
  });

  it('lays out as JSON.stringify does', () => {
    fc.assert(
      fc.property(jsonValues, (value) => {
        expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, undefined, 2));
      }),
    );
  });

  it('never loses a character that is not white space', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(indentJson(text).replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      }),
    );
  });

  it('keeps digits and escapes as written', () => {
    expect(indentJson(String.raw`{"n":1.0e+2,"s":"\u00e9 , {"}`)).toBe('{\n  "n": 1.0e+2,\n  "s": "\\u00e9 , {"\n}');
  });
});
