// The words of a search are marked where the store finds them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordSearch } from '../../../../src-renderer/lib/find-words.ts';

const found = (typed: string, text: string): readonly string[] =>
  (wordSearch(typed)?.places(text) ?? []).map(([start, end]) => text.slice(start, end));

describe('wordSearch', () => {
  it.each([
    ['dov', 'To Dover, from dover; not Andover.', ['Dover', 'dover']],
    ['to dov', 'To Dover tomorrow', ['To', 'Dover']],
    ['cafe', 'Café, CAFE\u0301s and cafeteria', ['Café', 'CAFE\u0301s', 'cafeteria']],
    ['CAFÉ', 'a cafe', ['cafe']],
    ['über', 'ubermäßig, Über', ['ubermäßig', 'Über']],
    ['при', 'Привет', ['Привет']],
    ['yes', 'yes🙂 🙂yes', ['yes', 'yes']],
    ['a.b(c', 'a x b, c', ['a', 'b', 'c']],
    ['get_order', 'get_order(1)', ['get', 'order']],
  ])('finds %j in %j', (typed, text, words) => {
    expect(found(typed, text)).toEqual(words);
  });

  it('is nothing where no word was typed', () => {
    expect(wordSearch('“*” 🙂')).toBeUndefined();
  });

  it('holds only where every word stands in one of the texts', () => {
    const search = wordSearch('road stoc');
    expect(search?.holds(['the road', 'of stocks'])).toBe(true);
    expect(search?.holds(['the roads', 'of stocks'])).toBe(false);
    expect(search?.holds(['the road'])).toBe(false);
  });

  it('never fails, and what it finds lies in the text, in order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (typed, text) => {
        let last = 0;
        for (const [start, end] of wordSearch(typed)?.places(text) ?? []) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
