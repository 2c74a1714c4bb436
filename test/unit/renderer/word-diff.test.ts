// The word diff: nothing lost, the same text on both sides where it says so, bounded time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordDiff, type DiffRun } from '../../../src-renderer/lib/word-diff.ts';

const textOf = (runs: readonly DiffRun[]): string => runs.map((run) => run.text).join('');
const same = (runs: readonly DiffRun[]): string => textOf(runs.filter((run) => !run.only));
const only = (runs: readonly DiffRun[]): string[] => runs.filter((run) => run.only).map((run) => run.text);

describe('wordDiff', () => {
  it('marks whole words, not letters', () => {
    const diff = wordDiff('I booked seat 12A for you.', 'I booked seat 14A for you.');
    expect(only(diff.left)).toEqual(['12A']);
    expect(only(diff.right)).toEqual(['14A']);
    expect(diff.grain).toBe('words');
  });

  it('marks a word that only begins or ends alike as a whole', () => {
    expect(only(wordDiff('a refund', 'a refunded').right)).toEqual(['refunded']);
    expect(only(wordDiff('unpaid bill', 'paid bill').left)).toEqual(['unpaid']);
  });

  it('marks nothing where the texts are equal', () => {
    expect(only(wordDiff('same text', 'same text').left)).toEqual([]);
    expect(wordDiff('', '').left).toEqual([]);
  });

  it('marks everything where one side is empty', () => {
    expect(only(wordDiff('', 'new').right)).toEqual(['new']);
    expect(wordDiff('', 'new').left).toEqual([]);
  });

  it('finds single characters in scripts without spaces', () => {
    expect(only(wordDiff('我订了座位', '我退了座位').left)).toEqual(['订']);
  });

  it('never parts a surrogate pair', () => {
    const diff = wordDiff('😀', '😁');
    expect(only(diff.left)).toEqual(['😀']);
    expect(only(diff.right)).toEqual(['😁']);
  });

  it('loses nothing and agrees on what is common, whatever the texts', () => {
    const words = fc
      .array(
        fc.oneof(
          fc.constantFrom('a', 'b', 'Fee', ' ', '\n', '.', '漢', 'é', '😀', '_'),
          fc.string({ unit: 'binary', maxLength: 3 }),
        ),
        { maxLength: 30 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(words, words, (left, right) => {
        const diff = wordDiff(left, right);
        expect(textOf(diff.left)).toBe(left);
        expect(textOf(diff.right)).toBe(right);
        expect(same(diff.left)).toBe(same(diff.right));
      }),
      { numRuns: 500 },
    );
  });

  it('stays within its time on large texts that have nothing in common, and says it got coarser', () => {
    const noise = (seed: number): string =>
      Array.from({ length: 60_000 }, (_, i) => ((i * 7919 + seed * 104_729) % 99_991).toString(36)).join(' ');
    const left = noise(1);
    const right = noise(2);
    const started = performance.now();
    const diff = wordDiff(left, right, 40);
    expect(performance.now() - started).toBeLessThan(600);
    expect(diff.grain).not.toBe('words');
    expect(textOf(diff.left)).toBe(left);
    expect(textOf(diff.right)).toBe(right);
  });

  it('compares by line where words take too long', () => {
    const common = Array.from({ length: 40_000 }, (_, i) => `line ${String(i)} stays as it is`).join('\n');
    const diff = wordDiff(`first one\n${common}\nend one.`, `first two\n${common}\nend two.`, 60);
    expect(diff.grain).toBe('lines');
    expect(same(diff.left)).toContain('line 20000 stays');
  });
});
