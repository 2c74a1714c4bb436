// What is remembered never grows beyond its bounds, and the newest of it is there.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Newest } from '#engine/newest';

const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

test('it never holds more than it may, and what came last is there', () => {
  const puts = fc.array(fc.tuple(fc.constantFrom(...keys), fc.nat(12)), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(puts, fc.integer({ min: 1, max: 5 }), (list, most) => {
      const newest = new Newest<{ readonly at: number; readonly length: number }>(most, 100);
      for (const [at, [key, length]] of list.entries()) {
        newest.set(key, { at, length }, length);
        const kept = keys.flatMap((one) => newest.get(one) ?? []);
        expect(kept.length).toBeLessThanOrEqual(most);
        expect(kept.reduce((sum, one) => sum + one.length, 0)).toBeLessThanOrEqual(100);
        expect(newest.get(key)?.at).toBe(at);
      }
    }),
  );
});

test('the oldest goes first', () => {
  const newest = new Newest<number>(3, 100);
  for (const [at, key] of ['a', 'b', 'a', 'c', 'd'].entries()) newest.set(key, at, 1);
  expect(['a', 'b', 'c', 'd'].map((key) => newest.get(key))).toEqual([2, undefined, 3, 4]);
});

test('what is too long by itself is not kept, and what stood there is gone', () => {
  const newest = new Newest<string>(10, 80);
  newest.set('a', 'short', 5);
  newest.set('a', 'long', 11);
  expect(newest.get('a')).toBeUndefined();
  newest.set('b', 'fits', 10);
  expect(newest.get('b')).toBe('fits');
});
