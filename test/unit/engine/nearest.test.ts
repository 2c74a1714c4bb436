// The name that was probably meant.
import { expect, test } from 'vitest';
import { nearest } from '#engine/nearest';

test.for([
  ['serch', ['search', 'stock'], 'search'],
  ['Stock', ['search', 'stock'], 'stock'],
  ['sotck', ['search', 'stock'], 'stock'],
  ['reserach', ['research', 'reach'], 'research'],
  ['zebra', ['search', 'stock'], undefined],
  ['x', [], undefined],
] as const)('%s among %s is %s', ([name, known, wanted]) => {
  expect(nearest(name, known)).toBe(wanted);
});
