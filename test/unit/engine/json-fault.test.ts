// Where a text stops being JSON: as JSON.parse says, with the place it leaves out.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonFault } from '#engine/json-fault';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('finds a fault where JSON.parse does, and only there', () => {
  const spoilt = fc
    .tuple(
      fc.json(),
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.constantFrom('', ',', '"', '}', ']', ':', '0', ' ', '\\', '\n', 'x', '-', '1e', '\u00a0'),
    )
    .map(([text, at, length, put]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + put + text.slice(from + length);
    });
  const signs = Array.from('[]{},:" \n\\/0123.-+eE');
  const loose = fc.string({ unit: fc.constantFrom(...signs, 'true', 'null', '"a"', '\\u00e9') });
  fc.assert(
    fc.property(fc.oneof(fc.json(), spoilt, loose), (text) => {
      expect(jsonFault(text) === undefined).toBe(isJson(text));
    }),
    { numRuns: 5000 },
  );
});

test.for([
  ['{\n  "a": 1,\n}', 3, 1, 'a name in double quotes must stand here, not }'],
  ['[1 2]', 1, 4, 'a comma or the closing bracket must stand here, not 2'],
  ["{ 'a': 1 }", 1, 3, 'texts stand in double quotes'],
  ['{ // no\n}', 1, 3, 'JSON takes no comments'],
  ['{ "a": 1', 1, 9, 'it ends before its { is closed'],
  ['', 1, 1, 'there is nothing'],
  ['{ "a" 1 }', 1, 7, 'a colon must stand here, not 1'],
  ['[nul]', 1, 2, '"nul]" means nothing here'],
] as const)('%j: line %i, column %i', ([text, line, column, what]) => {
  expect(jsonFault(text)).toEqual({ line, column, what });
});
