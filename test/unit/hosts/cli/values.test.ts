// Option values: a wrong one is refused with the option, the value and what is allowed.
import { expect, it } from 'vitest';
import { number, oneOf, someOf, UsageProblem } from '#hosts/cli/values';
import { count, table } from '#hosts/cli/table';
import { oneLine } from '#hosts/cli/text';

it('reads numbers and refuses what is none', () => {
  expect(number({ split: '0.1' }, 'split')).toBe(0.1);
  expect(number({}, 'split')).toBeUndefined();
  for (const wrong of ['', ' ', 'x', '1e999', 'NaN'])
    expect(() => number({ split: wrong }, 'split')).toThrow(UsageProblem);
});

it('takes repeated options and commas, and names what is allowed', () => {
  expect(someOf({ kind: ['sibling,outcome', 'imported'] }, 'kind', ['sibling', 'outcome', 'imported'])).toEqual([
    'sibling',
    'outcome',
    'imported',
  ]);
  expect(someOf({}, 'kind', ['sibling'])).toBeUndefined();
  expect(() => oneOf({ choose: 'c' }, 'choose', ['a', 'b'])).toThrow('--choose takes a, b, not "c".');
});

it('aligns columns and keeps control characters out of a terminal', () => {
  expect(
    table(
      ['A', 'BB'],
      [
        ['xyz', '1'],
        ['', '22'],
      ],
    ),
  ).toBe('A    BB\nxyz  1\n     22');
  expect(table(['A', 'B'], [['one\ntwo', '1']])).toBe('A        B\none two  1');
  expect(oneLine('one\n\u001B[31mtwo', 40)).toBe('one [31mtwo');
  expect(oneLine('😀😀😀😀', 5)).toBe('😀😀…');
  expect(
    table(
      ['A', 'B'],
      [
        ['日本', '1'],
        ['abc', '2'],
      ],
    ),
  ).toBe('A     B\n日本  1\nabc   2');
  expect([count(1, 'pair'), count(2345, 'pair')]).toEqual(['1 pair', '2,345 pairs']);
});
