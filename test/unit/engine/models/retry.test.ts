// When a call is made again: what the provider asks for is never undercut, and nothing waits without bound.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askedDelay, delayAfter, isWorthRetrying } from '#engine/models/retry';

const now = Date.UTC(2026, 0, 1, 12, 0, 0);

describe('askedDelay', () => {
  it.each([
    [[['Retry-After', '7']], 7000],
    [[['retry-after', ' 1.5 ']], 1500],
    [[['retry-after', 'Thu, 01 Jan 2026 12:00:30 GMT']], 30_000],
    [[['retry-after', 'Thu, 01 Jan 2026 11:00:00 GMT']], 0],
    [
      [
        ['retry-after', '7'],
        ['retry-after-ms', '250'],
      ],
      250,
    ],
    [[['retry-after', 'soon']], undefined],
    [[['retry-after', '-5']], undefined],
    [[['retry-after', '2026-01-01']], undefined],
    [[['retry-after', '99999999999999999999']], undefined],
    [[['retry-after', '']], undefined],
    [[], undefined],
  ] as const)('reads %j as %s ms', (headers, ms) => {
    expect(askedDelay(headers, now)).toBe(ms);
  });
});

describe('delayAfter', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('grows with full jitter, up to 30 s', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), random, (made, drawn) => {
        const delay = delayAfter(made, [], { now, random: drawn });
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(Math.min(30_000, 500 * 2 ** (made - 1)));
        expect(delay).toBeCloseTo(drawn * Math.min(30_000, 500 * 2 ** (made - 1)), 6);
      }),
    );
  });

  it('is never shorter than asked for, nor much longer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), random, (seconds, drawn) => {
        const delay = delayAfter(1, [['retry-after', String(seconds)]], { now, random: drawn }) ?? -1;
        expect(delay).toBeGreaterThanOrEqual(seconds * 1000);
        expect(delay).toBeLessThan(seconds * 1000 + 1001);
      }),
    );
  });

  it('does not wait for who asks for more than a minute, or says not to come back', () => {
    expect(delayAfter(1, [['retry-after', '61']], { now, random: 0 })).toBeUndefined();
    expect(delayAfter(1, [['x-should-retry', 'false']], { now, random: 0 })).toBeUndefined();
  });
});

it('tries again what may pass, and nothing else', () => {
  const worth = [200, 301, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529].filter(
    isWorthRetrying,
  );
  expect(worth).toEqual([408, 409, 429, 500, 502, 503, 504, 529]);
});
