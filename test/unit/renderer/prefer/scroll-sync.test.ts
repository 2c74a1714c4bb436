// Synced scrolling: level at every anchor, never backwards, both ends reached together.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followScroll, usableAnchors, type Anchor } from '../../../../src-renderer/features/prefer/scroll-sync.ts';

const anchors = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 8 }),
    fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 8 }),
  )
  .map(([one, two]) => {
    const from = one.toSorted((a, b) => a - b);
    const to = two.toSorted((a, b) => a - b);
    const level = from.slice(0, to.length).map((value, i) => ({ from: value, to: to[i] ?? 0 }));
    return usableAnchors(level, { from: 1000, to: 1000 });
  });

describe('followScroll', () => {
  it('is level at every anchor and at both ends', () => {
    fc.assert(
      fc.property(anchors, (level) => {
        for (const { from, to } of level) expect(followScroll(level, from)).toBeCloseTo(to, 6);
        expect(followScroll(level, 0)).toBe(0);
      }),
    );
  });

  it('never goes back while the other goes on', () => {
    fc.assert(
      fc.property(anchors, fc.nat(1000), fc.nat(1000), (level, one, two) => {
        const [low, high] = one < two ? [one, two] : [two, one];
        expect(followScroll(level, low)).toBeLessThanOrEqual(followScroll(level, high) + 1e-9);
      }),
    );
  });
});

describe('usableAnchors', () => {
  it('leaves out what crosses or lies past the end', () => {
    const furthest: Anchor = { from: 500, to: 300 };
    expect(
      usableAnchors(
        [
          { from: 10, to: 50 },
          { from: 20, to: 40 },
          { from: 90, to: 120 },
          { from: 400, to: 320 },
        ],
        furthest,
      ),
    ).toEqual([{ from: 10, to: 50 }, { from: 90, to: 120 }, furthest]);
  });
});
