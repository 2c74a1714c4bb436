// Days as date fields hold them: whole local days.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateText, endOfDate, startOfDate } from '../../../../src-renderer/lib/days.ts';

describe('days', () => {
  it('covers each day from its first to its last millisecond', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(1971, 0, 1), max: new Date(2100, 0, 1), noInvalidDate: true }), (date) => {
        const value = dateText(date.getTime());
        const [start, end] = [startOfDate(value), endOfDate(value)];
        expect(start).toBeLessThanOrEqual(date.getTime());
        expect(end).toBeGreaterThanOrEqual(date.getTime());
        expect(dateText(start)).toBe(value);
        expect(dateText(end)).toBe(value);
      }),
    );
  });

  it('takes no half-typed date', () => {
    expect(startOfDate('')).toBeUndefined();
    expect(endOfDate('')).toBeUndefined();
    expect(dateText(undefined)).toBe('');
    expect(startOfDate('2026-3')).toBeUndefined();
  });
});
