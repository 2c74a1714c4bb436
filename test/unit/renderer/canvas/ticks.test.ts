// The axis: round ticks, far enough apart, labels that tell neighbours apart.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationText, ticksOf } from '../../../../src-renderer/lib/canvas/ticks.ts';

describe('ticksOf', () => {
  it('takes decimal steps below a second and clock steps above', () => {
    expect(ticksOf({ start: 0, end: 100 }, 500, 'ms').map((tick) => tick.label)).toEqual([
      '0',
      '20 ms',
      '40 ms',
      '60 ms',
      '80 ms',
      '100 ms',
    ]);
    expect(ticksOf({ start: 0, end: 120_000 }, 500, 'ms').map((tick) => tick.label)).toEqual([
      '0',
      '30 s',
      '1 min',
      '1 min 30 s',
      '2 min',
    ]);
  });

  it('counts steps from one and never splits one', () => {
    expect(ticksOf({ start: 0, end: 3 }, 1000, 'step').map((tick) => tick.label)).toEqual(['1', '2', '3', '4']);
  });

  it('keeps ticks apart, in view, and their labels distinct, from nanoseconds to years', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 11, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 100, max: 4000 }),
        (power, share, pixels) => {
          const width = 10 ** power;
          const view = { start: share * width, end: share * width + width };
          const ticks = ticksOf(view, pixels, 'ms');
          expect(ticks.length).toBeLessThanOrEqual(pixels / 88 + 1);
          for (const { at } of ticks) {
            expect(at).toBeGreaterThanOrEqual(view.start - width * 1e-6);
            expect(at).toBeLessThanOrEqual(view.end + width * 1e-6);
          }
          expect(new Set(ticks.map((tick) => tick.label)).size).toBe(ticks.length);
        },
      ),
    );
  });
});

describe('durationText', () => {
  it.each([
    [0, '0'],
    [0.25, '250 µs'],
    [12.345, '12.3 ms'],
    [1500, '1.5 s'],
    [59_999, '60 s'],
    [90_000, '1 min 30 s'],
    [3_600_000, '1 h'],
    [3_659_999, '1 h 1 min'],
    [90_000_000, '1 d 1 h'],
  ])('says %d ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
