// The timeline's moving parts: what is in view, drawn at most once a frame, without a React render.
import type { Span, SpanKind } from '#contract/trace';
import { barAt } from '../../lib/canvas/timeline-cull.ts';
import type { TimelineLayout } from '../../lib/canvas/timeline-layout.ts';
import { panBy, reveal, toUnit, widthOf, zoomAbout, type Range } from '../../lib/canvas/viewport.ts';
import { spanShapes } from '../../ui/span-mark.tsx';
import { axisPixels, drawTimeline, geometry } from './timeline-draw.ts';
import type { TimelinePalette } from './timeline-palette.ts';

/** What is drawn, as React knows it. */
export interface TimelineContent {
  readonly layout: TimelineLayout;
  readonly spans: readonly Span[];
  readonly selected: number | undefined;
  readonly palette: TimelinePalette;
}

/** No closer than a microsecond, or two steps. */
const closest = { ms: 0.001, step: 2 } as const;

export class TimelineStage {
  readonly #shapes = newShapes();
  #canvas: HTMLCanvasElement | undefined;
  #content: TimelineContent | undefined;
  #view: Range = { start: 0, end: 1 };
  #scroll = 0;
  #hovered: number | undefined;
  #width = 0;
  #height = 0;
  #frame = 0;
  #font = '';

  /** Draws on `canvas` from now on, and again whenever its size changes; the returned function ends that. */
  attach(canvas: HTMLCanvasElement): () => void {
    this.#canvas = canvas;
    this.#font = `11px ${getComputedStyle(canvas).fontFamily}`;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      this.#width = entry.contentRect.width;
      this.#height = entry.contentRect.height;
      this.#scrollTo(this.#scroll);
      this.#draw();
    });
    observer.observe(canvas);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#canvas = undefined;
    };
  }

  /** A new layout starts with all of it in view; a new selection is brought into view. */
  show(content: TimelineContent): void {
    const before = this.#content;
    this.#content = content;
    if (before?.layout !== content.layout) {
      this.#view = content.layout.bounds;
      this.#scroll = 0;
      this.#hovered = undefined;
    }
    if (content.selected !== undefined && (before?.selected !== content.selected || before.layout !== content.layout)) {
      this.#reveal(content.selected);
    }
    this.#invalidate();
  }

  /** Factor < 1 is closer; about `x` (CSS px in the canvas) or the middle. */
  zoom(factor: number, x = this.#width / 2): void {
    this.#change((view, { bounds, unit }) =>
      zoomAbout(view, factor, toUnit(view, this.#pixels, x - geometry.inset), bounds, closest[unit]),
    );
  }

  /** By a share of what is in view. */
  pan(share: number): void {
    this.#change((view, { bounds }) => panBy(view, share * widthOf(view), bounds));
  }

  /** As far as the pointer went, CSS px. */
  dragBy(dx: number, dy: number): void {
    this.#scrollTo(this.#scroll - dy);
    this.#change((view, { bounds }) => panBy(view, (-dx / this.#pixels) * widthOf(view), bounds));
  }

  fit(): void {
    this.#change((_, { bounds }) => bounds);
  }

  /** Shows one span and a little around it. */
  zoomTo(index: number): void {
    this.#change((view, { bars, bounds, unit }) => {
      const bar = bars[index];
      if (bar === undefined) return view;
      const width = Math.max(bar.end - bar.start, closest[unit]) * 1.5;
      const middle = (bar.start + bar.end) / 2;
      const around = { start: middle - width / 2, end: middle + width / 2 };
      return zoomAbout(around, 1, middle, bounds, closest[unit]);
    });
  }

  /** Puts what the minimap shows at `x` into the middle. */
  centreAt(x: number): void {
    this.#change((view, { bounds }) => {
      const at = toUnit(bounds, this.#pixels, x - geometry.inset);
      return panBy(view, at - (view.start + view.end) / 2, bounds);
    });
  }

  /** Index of the span at a place on the canvas, CSS px. */
  spanAt(x: number, y: number): number | undefined {
    if (y < geometry.top || this.#content === undefined) return undefined;
    const lane = Math.floor((y - geometry.top + this.#scroll) / geometry.lane);
    return barAt(this.#content.layout, this.#view, this.#pixels, lane, x - geometry.inset)?.index;
  }

  hover(index: number | undefined): void {
    if (this.#hovered === index) return;
    this.#hovered = index;
    this.#invalidate();
  }

  get #pixels(): number {
    return axisPixels(this.#width);
  }

  #change(next: (view: Range, layout: TimelineLayout) => Range): void {
    if (this.#content === undefined) return;
    this.#view = next(this.#view, this.#content.layout);
    this.#invalidate();
  }

  #reveal(index: number): void {
    const bar = this.#content?.layout.bars[index];
    if (bar === undefined) return;
    this.#change((view, { bounds }) => reveal(view, bar, bounds));
    const room = this.#height - geometry.top;
    const top = bar.lane * geometry.lane;
    if (top < this.#scroll) this.#scrollTo(top);
    else if (top + geometry.lane > this.#scroll + room) this.#scrollTo(top + geometry.lane - room);
  }

  #scrollTo(scroll: number): void {
    const lanes = this.#content?.layout.lanes.length ?? 0;
    const most = lanes * geometry.lane - (this.#height - geometry.top);
    this.#scroll = Math.max(0, Math.min(scroll, most));
  }

  #invalidate(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const context = this.#canvas?.getContext('2d') ?? undefined;
    if (this.#canvas === undefined || context === undefined || this.#content === undefined || this.#width === 0) return;
    const ratio = window.devicePixelRatio;
    const [width, height] = [Math.round(this.#width * ratio), Math.round(this.#height * ratio)];
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawTimeline(context, {
      ...this.#content,
      view: this.#view,
      scroll: this.#scroll,
      hovered: this.#hovered,
      width: this.#width,
      height: this.#height,
      shapes: this.#shapes,
      font: this.#font,
    });
  }
}

function newShapes(): Readonly<Record<SpanKind, Path2D>> {
  return {
    model: new Path2D(spanShapes.model),
    tool: new Path2D(spanShapes.tool),
    human: new Path2D(spanShapes.human),
    code: new Path2D(spanShapes.code),
    retrieval: new Path2D(spanShapes.retrieval),
  };
}
