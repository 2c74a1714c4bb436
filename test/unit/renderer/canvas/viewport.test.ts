// Zoom and pan keep the point under the pointer and never leave the axis.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panBy, reveal, toPixel, toUnit, widthOf, zoomAbout } from '../../../../src-renderer/lib/canvas/viewport.ts';

const bounds = { start: 0, end: 1000 };
const views = fc
  .tuple(fc.integer({ min: 0, max: 990 }), fc.integer({ min: 1, max: 1000 }))
  .map(([start, width]) => ({ start, end: Math.min(1000, start + width) }));

describe('zoomAbout', () => {
  it('keeps the point under the pointer where the bounds leave room', () => {
    const view = zoomAbout({ start: 400, end: 600 }, 0.5, 450, bounds, 1);
    expect(view).toEqual({ start: 425, end: 525 });
    expect(toPixel(view, 800, 450)).toBeCloseTo(toPixel({ start: 400, end: 600 }, 800, 450));
  });

  it('stays within the bounds and never gets narrower than allowed', () => {
    fc.assert(
      fc.property(
        views,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (view, factor, share) => {
          const next = zoomAbout(view, factor, view.start + share * widthOf(view), bounds, 2);
          expect(next.start).toBeGreaterThanOrEqual(-1e-9);
          expect(next.end).toBeLessThanOrEqual(1000 + 1e-9);
          expect(widthOf(next)).toBeGreaterThan(1.99);
        },
      ),
    );
  });

  it('shows all of a trace that is shorter than the closest zoom', () => {
    expect(zoomAbout({ start: 0, end: 1 }, 0.1, 0.5, { start: 0, end: 1 }, 5)).toEqual({ start: 0, end: 1 });
  });
});

describe('panBy', () => {
  it('keeps the width and stops at the ends', () => {
    expect(panBy({ start: 100, end: 300 }, 50, bounds)).toEqual({ start: 150, end: 350 });
    expect(panBy({ start: 100, end: 300 }, -500, bounds)).toEqual({ start: 0, end: 200 });
    expect(panBy({ start: 100, end: 300 }, 5000, bounds)).toEqual({ start: 800, end: 1000 });
  });
});

describe('reveal', () => {
  it('leaves a view alone that shows the target', () => {
    const view = { start: 100, end: 300 };
    expect(reveal(view, { start: 120, end: 130 }, bounds)).toBe(view);
  });

  it('always shows the target', () => {
    fc.assert(
      fc.property(views, views, (view, target) => {
        const next = reveal(view, target, bounds);
        expect(next.start).toBeLessThanOrEqual(target.start + 1e-6);
        expect(next.end).toBeGreaterThanOrEqual(target.end - 1e-6);
      }),
    );
  });
});

it('goes from units to pixels and back', () => {
  const view = { start: 250, end: 750 };
  expect(toPixel(view, 1000, 500)).toBe(500);
  expect(toUnit(view, 1000, toPixel(view, 1000, 333))).toBeCloseTo(333);
});
