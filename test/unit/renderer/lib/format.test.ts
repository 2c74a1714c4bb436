// Figures as people read them.
import { describe, expect, test } from 'vitest';
import { counted, relativeTime, shortBytes, shortDuration } from '../../../../src-renderer/lib/format.ts';
import { problemOf } from '../../../../src-renderer/lib/problem.ts';
import { ORPCError } from '@orpc/client';

describe('figures', () => {
  test('times are told from now', () => {
    const now = Date.UTC(2026, 5, 15, 12);
    const ago = (ms: number): string => relativeTime(now - ms, now);
    expect(ago(0)).toBe('just now');
    expect(ago(59_000)).toBe('just now');
    expect(ago(5 * 60_000)).toMatch(/5 min/);
    expect(ago(3 * 3_600_000)).toMatch(/3 hr/);
    expect(ago(24 * 3_600_000)).toBe('yesterday');
    expect(ago(400 * 86_400_000)).toMatch(/13 mo/);
    expect(ago(3 * 365.25 * 86_400_000)).toMatch(/3 yr/);
    expect(relativeTime(now + 5 * 60_000, now)).toMatch(/in 5 min/);
  });

  test('sizes, lengths and counts', () => {
    expect([0, 1, 999, 1000, 1_400_000, 2e9].map(shortBytes)).toEqual([
      '0 B',
      '1 B',
      '999 B',
      '1 kB',
      '1.4 MB',
      '2 GB',
    ]);
    expect([0.25, 3.44, 340, 2400, 185_000, 7_800_000].map(shortDuration)).toEqual([
      '250 µs',
      '3.4 ms',
      '340 ms',
      '2.4 s',
      '3 min 5 s',
      '2 h 10 min',
    ]);
    expect([counted(1, 'trace'), counted(2857, 'turn'), counted(0, 'entry', 'entries')]).toEqual([
      '1 trace',
      '2,857 turns',
      '0 entries',
    ]);
  });
});

describe('problems', () => {
  test('sentence, code and hint of what crossed the contract; anything else as it is', () => {
    const known = new ORPCError('REFUSED', { message: 'No.', data: { hint: 'Ask.' } });
    expect(problemOf(known)).toEqual({ code: 'REFUSED', sentence: 'No.', hint: 'Ask.' });
    expect(problemOf(new ORPCError('NOT_FOUND', { message: 'Gone.' }))).toEqual({
      code: 'NOT_FOUND',
      sentence: 'Gone.',
    });
    expect(problemOf(new ORPCError('TEAPOT', { message: 'Odd.' }))).toEqual({ code: 'INTERNAL', sentence: 'Odd.' });
    expect(problemOf(new Error('Broken.'))).toEqual({ code: 'INTERNAL', sentence: 'Broken.' });
    expect(problemOf('text')).toEqual({ code: 'INTERNAL', sentence: 'text' });
  });
});
