// The timeline's layout and culling: nothing overlaps, nothing is made up, nothing in view is left out.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '#contract/trace';
import { barAt, visibleBoxes } from '../../../../src-renderer/lib/canvas/timeline-cull.ts';
import { layoutTimeline } from '../../../../src-renderer/lib/canvas/timeline-layout.ts';
import { toPixel } from '../../../../src-renderer/lib/canvas/viewport.ts';

function span(id: string, start?: number, end?: number, parent?: string): Span {
  return {
    id,
    name: id,
    kind: 'model',
    attributes: {},
    ...(start === undefined ? {} : { startedAt: start }),
    ...(end === undefined ? {} : { endedAt: end }),
    ...(parent === undefined ? {} : { parent }),
  };
}

const anySpans = fc
  .array(
    fc.record({
      start: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }),
      length: fc.option(fc.integer({ min: -5, max: 400 }), { nil: undefined }),
      parent: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
    }),
    { maxLength: 40 },
  )
  .map((records) =>
    records.map(({ start, length, parent }, index) =>
      span(
        `s${index}`,
        start,
        start === undefined || length === undefined ? undefined : start + length,
        parent === undefined ? undefined : `s${parent}`,
      ),
    ),
  );

describe('layoutTimeline', () => {
  it('puts children below what holds them and reuses lanes that are free', () => {
    const layout = layoutTimeline(
      [
        span('root', 1000, 1100),
        span('a', 1000, 1040, 'root'),
        span('b', 1050, 1100, 'root'),
        span('c', 1050, 1060, 'b'),
      ],
      true,
    );
    expect(layout.origin).toBe(1000);
    expect(layout.bounds).toEqual({ start: 0, end: 100 });
    expect(layout.bars.map((bar) => bar?.lane)).toEqual([0, 1, 1, 2]);
    expect(layout.bars.map((bar) => [bar?.start, bar?.end])).toEqual([
      [0, 100],
      [0, 40],
      [50, 100],
      [50, 60],
    ]);
  });

  it('gives concurrent spans lanes of their own', () => {
    const layout = layoutTimeline([span('a', 0, 10), span('b', 5, 15), span('c', 10, 20)], true);
    expect(layout.bars.map((bar) => bar?.lane)).toEqual([0, 1, 0]);
  });

  it('keeps an instant, whose child began before it, apart from the span that begins with it', () => {
    const layout = layoutTimeline([span('early', 0, 0, 'now'), span('long', 9, 12), span('now', 9, 9)], true);
    expect(layout.bars[1]?.lane).not.toBe(layout.bars[2]?.lane);
  });

  it('shows order, not times, where none were recorded', () => {
    const layout = layoutTimeline(
      [span('run'), span('a', undefined, undefined, 'run'), span('b', undefined, undefined, 'run'), span('after')],
      false,
    );
    expect(layout.unit).toBe('step');
    expect(layout.bars.map((bar) => [bar?.start, bar?.end])).toEqual([
      [0, 2],
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(layout.bounds).toEqual({ start: 0, end: 3 });
  });

  it('places no span of a timed trace that has no time, and says how many', () => {
    const layout = layoutTimeline([span('a', 0, 10), span('b'), span('c', 4, undefined)], true);
    expect(layout.bars[1]).toBeUndefined();
    expect(layout.withoutTime).toBe(1);
    expect(layout.bars[2]).toMatchObject({ start: 4, end: 4, open: true });
  });

  it('takes a circle of parents, an unknown parent and a repeated id without losing a span', () => {
    const layout = layoutTimeline(
      [span('a', 0, 1, 'b'), span('b', 0, 1, 'a'), span('c', 0, 1, 'gone'), span('c', 2, 3), span('d', 0, 1, 'a')],
      true,
    );
    expect(layout.bars.every((bar) => bar !== undefined)).toBe(true);
  });

  it('lays out a chain of 5,000 nested spans', () => {
    const spans = Array.from({ length: 5000 }, (_, index) =>
      span(`s${index}`, index, 10_000 - index, index === 0 ? undefined : `s${index - 1}`),
    );
    expect(layoutTimeline(spans, true).lanes.length).toBe(5000);
  });

  it('never overlaps two bars of a lane, keeps each span once, children below parents', () => {
    fc.assert(
      fc.property(anySpans, fc.boolean(), (spans, timed) => {
        const layout = layoutTimeline(spans, timed);
        for (const lane of layout.lanes) {
          for (let at = 1; at < lane.length; at += 1) {
            expect(lane[at]?.start ?? 0).toBeGreaterThanOrEqual(lane[at - 1]?.end ?? 0);
          }
        }
        const placed = layout.lanes
          .flat()
          .map((bar) => bar.index)
          .toSorted((one, two) => one - two);
        const expected = spans.flatMap((one, index) => (!timed || one.startedAt !== undefined ? [index] : []));
        expect(placed).toEqual(expected);
        expect(layout.withoutTime).toBe(spans.length - expected.length);
      }),
    );
  });
});

describe('visibleBoxes', () => {
  const everything = { firstLane: 0, lastLane: 1000, failed: () => false };

  it('joins bars too narrow to tell apart and keeps the mark of a failure among them', () => {
    const spans = Array.from({ length: 5000 }, (_, index) => span(`s${index}`, index * 2, index * 2 + 1));
    const layout = layoutTimeline(spans, true);
    const boxes = visibleBoxes({
      layout,
      view: layout.bounds,
      pixels: 800,
      ...everything,
      failed: (index) => index === 777,
    });
    expect(boxes.length).toBeLessThan(900);
    expect(boxes.reduce((sum, box) => sum + box.count, 0)).toBe(5000);
    expect(boxes.filter((box) => box.failed)).toHaveLength(1);
  });

  it('stands for every bar in view exactly once', () => {
    fc.assert(
      fc.property(
        anySpans,
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 1, max: 500 }),
        (spans, start, width) => {
          const layout = layoutTimeline(spans, true);
          const view = { start, end: start + width };
          const boxes = visibleBoxes({ layout, view, pixels: 300, ...everything });
          const inView = layout.lanes.flat().filter((bar) => bar.end >= view.start && bar.start <= view.end).length;
          expect(boxes.reduce((sum, box) => sum + box.count, 0)).toBeGreaterThanOrEqual(inView);
          for (const box of boxes) {
            const bar = layout.bars[box.index];
            expect(bar?.lane).toBe(box.lane);
            expect(box.x).toBeGreaterThanOrEqual(-8);
            expect(box.width).toBeGreaterThan(0);
          }
        },
      ),
    );
  });

  it('draws only the lanes asked for', () => {
    const layout = layoutTimeline([span('a', 0, 10), span('b', 0, 10), span('c', 0, 10)], true);
    const boxes = visibleBoxes({
      layout,
      view: layout.bounds,
      pixels: 100,
      firstLane: 1,
      lastLane: 1,
      failed: () => false,
    });
    expect(boxes.map((box) => box.lane)).toEqual([1]);
  });
});

describe('barAt', () => {
  const layout = layoutTimeline([span('a', 0, 10), span('b', 20, 20), span('c', 90, 100)], true);

  it('finds what is under the pointer, and an instant near it', () => {
    expect(barAt(layout, layout.bounds, 100, 0, 5)?.index).toBe(0);
    expect(barAt(layout, layout.bounds, 100, 0, 22)?.index).toBe(1);
    expect(barAt(layout, layout.bounds, 100, 0, 50)).toBeUndefined();
    expect(barAt(layout, layout.bounds, 100, 3, 5)).toBeUndefined();
  });

  it('finds every bar at its own middle', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const any = layoutTimeline(spans, true);
        for (const bar of any.lanes.flat()) {
          if (bar.end === bar.start) continue;
          const x = toPixel(any.bounds, 5000, (bar.start + bar.end) / 2);
          expect(barAt(any, any.bounds, 5000, bar.lane, x)?.index).toBe(bar.index);
        }
      }),
    );
  });
});
