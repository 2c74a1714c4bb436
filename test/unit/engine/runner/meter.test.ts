// Printed text is let through up to a limit a second; nothing goes uncounted.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Meter } from '#engine/runner/meter';

describe('a meter', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('passes or counts every character, and at most the limit a second', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ length: fc.nat(300), before: fc.nat(3), wait: fc.constantFrom(0, 0, 0, 400, 1000) })),
        (puts) => {
          const told: { at: number; text: string; dropped: number }[] = [];
          const meter = new Meter(100, (text, dropped) => told.push({ at: Date.now(), text, dropped }));
          let all = 0;
          for (const { length, before, wait } of puts) {
            meter.put('x'.repeat(length), before);
            all += length + before;
            vi.advanceTimersByTime(wait);
          }
          meter.end();
          expect(told.reduce((sum, { text, dropped }) => sum + text.length + dropped, 0)).toBe(all);
          for (const { at } of told) {
            const within = told.filter((one) => one.at >= at && one.at < at + 1000);
            // Two of its seconds may touch one of ours.
            expect(within.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(200);
          }
        },
      ),
    );
  });

  it('tells what it left out when the second is over', () => {
    const told: unknown[] = [];
    const meter = new Meter(5, (text, dropped) => told.push([text, dropped]));
    meter.put('1234567');
    expect(told).toEqual([['12345', 0]]);
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([
      ['12345', 0],
      ['', 2],
    ]);
    meter.put('8');
    expect(told.at(-1)).toEqual(['8', 0]);
  });
});
