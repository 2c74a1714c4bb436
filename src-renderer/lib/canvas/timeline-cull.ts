// What of a timeline must be drawn: the bars in view as pixels, those too narrow to tell apart as one. And what is under the pointer. Pure.
import type { Bar, TimelineLayout } from './timeline-layout.ts';
import { toPixel, toUnit, type Range } from './viewport.ts';

export interface Box {
  readonly lane: number;
  /** Pixels from the left; cut to a little outside the canvas. */
  readonly x: number;
  readonly width: number;
  /** The first span it stands for. */
  readonly index: number;
  /** How many spans it stands for. */
  readonly count: number;
  readonly open: boolean;
  /** One of its spans failed. */
  readonly failed: boolean;
}

/** Narrower bars join with their neighbours, px. */
const joinBelow = 2;
/** Every bar can be seen, px. */
const leastWidth = 1.5;
/** How far beyond the canvas a long bar is still drawn, so that its ends stay out of sight, px. */
const outside = 8;

export interface CullInput {
  readonly layout: TimelineLayout;
  readonly view: Range;
  /** Width of the canvas. */
  readonly pixels: number;
  /** First and last lane on screen. */
  readonly firstLane: number;
  readonly lastLane: number;
  readonly failed: (index: number) => boolean;
}

/** At most about (lanes × pixels) boxes, however many spans there are. */
export function visibleBoxes({ layout, view, pixels, firstLane, lastLane, failed }: CullInput): readonly Box[] {
  const boxes: Box[] = [];
  const last = Math.min(lastLane, layout.lanes.length - 1);
  for (let lane = Math.max(0, firstLane); lane <= last; lane += 1) {
    const bars = layout.lanes[lane] ?? [];
    let at = firstEndingAfter(bars, view.start);
    while (at < bars.length) {
      const bar = bars[at];
      if (bar === undefined || bar.start > view.end) break;
      const left = toPixel(view, pixels, bar.start);
      let right = toPixel(view, pixels, bar.end);
      let count = 1;
      let anyFailed = failed(bar.index);
      if (right - left < joinBelow) {
        for (let next = bars[at + 1]; next !== undefined; next = bars[at + count]) {
          const nextLeft = toPixel(view, pixels, next.start);
          const nextRight = toPixel(view, pixels, next.end);
          if (nextRight - nextLeft >= joinBelow || nextLeft - left >= joinBelow) break;
          right = Math.max(right, nextRight);
          anyFailed ||= failed(next.index);
          count += 1;
        }
      }
      const x = Math.max(left, -outside);
      const width = Math.max(Math.min(right, pixels + outside) - x, leastWidth);
      boxes.push({ lane, x, width, index: bar.index, count, open: bar.open, failed: anyFailed });
      at += count;
    }
  }
  return boxes;
}

/** The bar at pixel `x` of a lane, or the nearest within `reach` pixels. */
export function barAt(
  layout: TimelineLayout,
  view: Range,
  pixels: number,
  lane: number,
  x: number,
  reach = 3,
): Bar | undefined {
  const bars = layout.lanes[lane];
  if (bars === undefined) return undefined;
  const low = toUnit(view, pixels, x - reach);
  const high = toUnit(view, pixels, x + reach);
  const here = toUnit(view, pixels, x);
  let best: Bar | undefined;
  let bestDistance = Infinity;
  for (let at = firstEndingAfter(bars, low); at < bars.length; at += 1) {
    const bar = bars[at];
    if (bar === undefined || bar.start > high) break;
    const distance = here < bar.start ? bar.start - here : Math.max(0, here - bar.end);
    if (distance < bestDistance) [best, bestDistance] = [bar, distance];
  }
  return best;
}

/** Index of the first bar that does not end before `at`; bars of a lane follow each other. */
function firstEndingAfter(bars: readonly Bar[], at: number): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bars[middle]?.end ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
