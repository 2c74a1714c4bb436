// Near-duplicates: found where they are, not where they are not, and fast enough for 100,000 rows.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jaccard, NearDuplicates, nearDuplicateThreshold, shingles } from '#engine/preference/dataset/near-duplicates';

const vocabulary = Array.from({ length: 400 }, (_, index) => `word${index}`);

function sentence(random: () => number, length: number): string[] {
  return Array.from({ length }, () => vocabulary[Math.floor(random() * vocabulary.length)] ?? '');
}

/** A small generator with a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

it('finds every pair at least 0.8 alike, with its exact similarity', () => {
  const random = randomOf(7);
  let expected = 0;
  let found = 0;
  for (let round = 0; round < 300; round += 1) {
    const words = sentence(random, 20 + Math.floor(random() * 300));
    const other = words.map((word) => (random() < 0.05 * random() ? 'changed' : word));
    const [one, two] = [shingles([words.join(' ')]), shingles([other.join(' ')])];
    const exact = jaccard(one, two);
    const near = new NearDuplicates(() => one);
    near.addTest(0, one);
    near.passTrain(1, two);
    const reported = near.found().map(({ similarity }) => similarity);
    const alike = exact >= nearDuplicateThreshold;
    if (alike) expected += 1;
    if (alike && reported.length > 0) found += 1;
    // What is reported is exact and above the threshold.
    expect(reported.every((similarity) => alike && similarity === exact)).toBe(true);
  }
  expect(expected).toBeGreaterThan(100);
  expect(found / expected).toBeGreaterThan(0.99);
});

it('ignores case and punctuation, keeps the order of words, reads scripts without spaces', () => {
  expect(shingles(['Hello, World  again!'])).toEqual(shingles(['hello world again']));
  expect(shingles(['one two three four'])).not.toEqual(shingles(['four three two one']));
  expect(shingles(['今日は天気がいい']).size).toBeGreaterThan(3);
  expect(shingles(['', '…']).size).toBe(0);
  expect(shingles(['hi']).size).toBe(1);
});

it('reports the most similar row for each test row once, whatever passes by', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a b c d e f', 'a b c d e g', 'x y z'), { minLength: 1, maxLength: 20 }),
      (texts) => {
        const test = shingles(['a b c d e f']);
        const near = new NearDuplicates(() => test);
        near.addTest(0, test);
        texts.forEach((words, index) => near.passTrain(index + 1, shingles([words])));
        const same = texts.indexOf('a b c d e f');
        expect(near.found()).toEqual(same === -1 ? [] : [{ test: 0, train: same + 1, similarity: 1 }]);
      },
    ),
  );
});

it('finds every repeat among 20,000 rows of 150 words', () => {
  const random = randomOf(3);
  const rows = Array.from({ length: 200 }, () => shingles([sentence(random, 150).join(' ')]));
  const near = new NearDuplicates((row) => rows[row % 200] ?? new Set());
  for (let row = 0; row < 200; row += 1) near.addTest(row, rows[row] ?? new Set());
  for (let row = 0; row < 20_000; row += 1) near.passTrain(row, rows[row % 200] ?? new Set());
  expect(near.found()).toHaveLength(200);
});
