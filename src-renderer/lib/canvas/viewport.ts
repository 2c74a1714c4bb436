// The part of an axis that is on screen: zoom, pan and the way between axis units and pixels. Pure.

/** `start` < `end`, in axis units (ms from the trace's begin, or steps). */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export function widthOf(range: Range): number {
  return range.end - range.start;
}

/** Pixels from the left of a canvas `pixels` wide. */
export function toPixel(view: Range, pixels: number, at: number): number {
  return ((at - view.start) / widthOf(view)) * pixels;
}

export function toUnit(view: Range, pixels: number, x: number): number {
  return view.start + (x / pixels) * widthOf(view);
}

/**
 * Zooms by `factor` (< 1 is closer) so that `at` stays where it is on screen; never past `bounds` nor closer than `least`.
 */
export function zoomAbout(view: Range, factor: number, at: number, bounds: Range, least: number): Range {
  const width = Math.min(Math.max(widthOf(view) * factor, Math.min(least, widthOf(bounds))), widthOf(bounds));
  const share = (at - view.start) / widthOf(view);
  return within({ start: at - share * width, end: at + (1 - share) * width }, bounds);
}

/** Moves by `delta` units, as far as `bounds` allow. */
export function panBy(view: Range, delta: number, bounds: Range): Range {
  return within({ start: view.start + delta, end: view.end + delta }, bounds);
}

/** The view moved no further than needed to show `target`, with `margin` (share of the view) around it; widened where it must. */
export function reveal(view: Range, target: Range, bounds: Range, margin = 0.1): Range {
  if (target.start >= view.start && target.end <= view.end) return view;
  const width = Math.min(Math.max(widthOf(view), widthOf(target) * (1 + 2 * margin)), widthOf(bounds));
  const room = width * margin;
  const start = target.start < view.start ? target.start - room : target.end + room - width;
  return within({ start, end: start + width }, bounds);
}

/** `view` shifted, then cut, so that it lies in `bounds`. */
function within(view: Range, bounds: Range): Range {
  const width = widthOf(view);
  if (width >= widthOf(bounds)) return bounds;
  if (view.start < bounds.start) return { start: bounds.start, end: bounds.start + width };
  if (view.end > bounds.end) return { start: bounds.end - width, end: bounds.end };
  return view;
}
