// JSON text in and out without loss.
import type { Json } from '#contract/turn';
import { maxDepth, parseJson, parsePlainJson, unmarked, writeJson } from '#engine/trace/exact-json';
import { openText, textStyles, writeText } from '#engine/trace/import/text-style';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const key = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('$number', '$$number', '__proto__', '\\', '"'));
const numberText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
  fc.constantFrom('-0', '-0.0', '0e5', '1e400', '-1E-400', '1e21', '9007199254740993', '0.1', '100000000000000000000'),
);
/** JSON text whose numbers are written in every way. */
const { text: jsonText } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    numberText,
    fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
    fc.constantFrom('true', 'null', '{"$number":"1"}', '"{\\"$number\\":\\"1\\"}"'),
    fc.array(tie('text'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(key, tie('text')), { maxLength: 3, selector: ([name]) => name })
      .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
  ),
}));

describe('parse and write', () => {
  test('keep every number that a double would change, and every key', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const { value, marked } = parseJson(text);
        const written = writeJson(value);
        expect(JSON.stringify(JSON.parse(written))).toBe(JSON.stringify(JSON.parse(text)));
        expect(marked ? rough(unmarked(value)) : value).toEqual(marked ? rough(JSON.parse(text)) : JSON.parse(text));
        // A second time nothing changes any more.
        expect(writeJson(parseJson(written).value)).toBe(written);
      }),
      { numRuns: 3000 },
    );
  });

  test.each(['{"$number":"12"}', '{"$n\\u0075mber":"12"}', '{"\\u0024numbe\\u0072":"12"}', '{"$\\u006Eumber":[1]}'])(
    'a key like the mark, spelt %s, is a key',
    (text) => {
      const { value } = parseJson(text);
      expect(JSON.parse(writeJson(value))).toEqual(JSON.parse(text));
      expect(unmarked(value)).toEqual(JSON.parse(text));
      expect(parsePlainJson(text)).toBeUndefined();
    },
  );

  test.each([
    '12345678901234567890',
    '-0',
    '-0.0',
    '1e400',
    '-1e-400',
    '[9007199254740993]',
    '{"a":100000000000000000001}',
  ])('%s stays as written', (text) => {
    expect(parseJson(text).marked).toBe(true);
    expect(writeJson(parseJson(text).value)).toBe(text);
  });

  test.each(['10000000000000000000', '9007199254740991', '1.5e300', '0', '0.0', '1e2', '123456789012345.25'])(
    '%s needs no mark',
    (text) => {
      expect(parseJson(text)).toEqual({ value: JSON.parse(text), marked: false });
    },
  );
});

/** Numbers out of range alike: JSON.parse gives infinities for them, the internal form has their digits. */
function rough(value: Json): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : 'out of range';
  if (typeof value === 'string') return /^-?\d.*e\+?\d{3}/i.test(value) ? 'out of range' : value;
  if (Array.isArray(value)) return value.map((item: Json) => rough(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, rough(member)]));
}

describe('what is refused', () => {
  test.each([
    ['{"a":1,"b":{"a":2,"a":3}}', 'An object names the key "a" twice.'],
    ['{"a":[{"x":1},{"x":1}],"a":2}', 'An object names the key "a" twice.'],
    ['{"a":1', 'The JSON ends before it is complete.'],
    ['"abc', 'The JSON ends before it is complete.'],
    ['', 'It is not JSON: it ends too early.'],
    ['{"a":"\n"}', /^It is not JSON: a control character stands inside a string/],
    ['{"a":"\\x"}', /^It is not JSON: a backslash escape is wrong/],
    ["{'a':1}", /^It is not JSON: an unexpected "'"/],
    ['\0', 'It holds NUL bytes where JSON should be.'],
    ['['.repeat(maxDepth + 1), /levels deep/],
  ])('%s', (text, cause) => {
    expect(() => parseJson(text)).toThrow(cause);
    expect(parsePlainJson(text)).toBeUndefined();
  });
});

test('text in a known style is that style again', () => {
  expect(writeText({ a: [1, 'é\u007f😀'], b: {} }, 'python')).toBe(
    '{"a": [1, "\\u00e9\u007f\\ud83d\\ude00"], "b": {}}',
  );
  expect(openText('{"a": 1.0}', 'compact')).toBeUndefined();
  expect(openText('{"a":12345678901234567890}', 'compact')).toBeUndefined();
  expect(openText('{"a":1,"a":2}', 'compact')).toBeUndefined();
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom(...textStyles),
      fc.constantFrom(...textStyles),
      (value, style, first) => {
        const text = writeText(JSON.parse(JSON.stringify(value)) as Json, style);
        const opened = openText(text, first);
        expect(opened === undefined ? undefined : writeText(opened[1], opened[0])).toBe(
          /\$number|-0\b|\d{16}|e[-+]?\d{3}/.test(text) && opened === undefined ? undefined : text,
        );
      },
    ),
  );
});
