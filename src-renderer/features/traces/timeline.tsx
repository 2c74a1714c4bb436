// The timeline of a trace: spans on a canvas, zoomed by wheel and keys, in step with the rest of the screen.
import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type PointerEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import { spanKinds, type Span } from '#contract/trace';
import { ActionScope, useAction } from '../../lib/actions.tsx';
import { durationText } from '../../lib/canvas/ticks.ts';
import type { TimelineLayout } from '../../lib/canvas/timeline-layout.ts';
import { counted } from '../../lib/format.ts';
import { useColours } from '../../lib/theme.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { SpanMark, spanNames } from '../../ui/span-mark.tsx';
import { geometry } from './timeline-draw.ts';
import { timelineTokens } from './timeline-palette.ts';
import { TimelineStage } from './timeline-stage.ts';
import css from './timeline.module.css';

export interface TimelineProps {
  readonly layout: TimelineLayout;
  readonly spans: readonly Span[];
  readonly selected: number | undefined;
  readonly onSelect: (index: number) => void;
  /** Steps in the order of the step list, for the arrow keys. */
  readonly order: readonly number[];
}

const wheelStep = 1.0016;
const keyStep = 1.5;
/** Less movement than this between press and release is a click, px. */
const clickReach = 4;

export function Timeline(props: TimelineProps): ReactNode {
  return (
    <ActionScope when="focus">
      <TimelineInside {...props} />
    </ActionScope>
  );
}

function TimelineInside({ layout, spans, selected, onSelect, order }: TimelineProps): ReactNode {
  const [stage] = useState(() => new TimelineStage());
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = useColours(timelineTokens);
  useEffect(() => (canvas.current === null ? undefined : stage.attach(canvas.current)), [stage]);
  useEffect(() => stage.show({ layout, spans, selected, palette }), [stage, layout, spans, selected, palette]);
  const [tip, setTip] = useState<{ readonly index: number; readonly x: number; readonly y: number }>();
  const hideTip = useCallback(() => setTip(undefined), []);
  useWheel(stage, canvas, hideTip);
  useTimelineKeys(stage, order, selected, onSelect);
  const kinds = useMemo(() => countKinds(spans), [spans]);
  const lanes = Math.max(2, layout.lanes.length);
  const press = useRef<{
    readonly x: number;
    readonly y: number;
    lastX: number;
    lastY: number;
    readonly onMap: boolean;
  }>(undefined);

  const at = (event: PointerEvent<HTMLElement>): { readonly x: number; readonly y: number } => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    if (event.button !== 0) return;
    const { x, y } = at(event);
    press.current = { x, y, lastX: x, lastY: y, onMap: y < geometry.minimap };
    event.currentTarget.setPointerCapture(event.pointerId);
    if (press.current.onMap) stage.centreAt(x);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    const { x, y } = at(event);
    const from = press.current;
    if (from === undefined) {
      const index = stage.spanAt(x, y);
      stage.hover(index);
      setTip(index === undefined ? undefined : { index, x, y });
      return;
    }
    if (from.onMap) stage.centreAt(x);
    else if (Math.hypot(x - from.x, y - from.y) >= clickReach) {
      stage.dragBy(x - from.lastX, y - from.lastY);
      setTip(undefined);
    }
    from.lastX = x;
    from.lastY = y;
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>): void => {
    const from = press.current;
    press.current = undefined;
    if (from === undefined || from.onMap) return;
    const { x, y } = at(event);
    if (Math.hypot(x - from.x, y - from.y) >= clickReach) return;
    const index = stage.spanAt(x, y);
    if (index !== undefined) onSelect(index);
  };

  return (
    <div className={css.timeline}>
      <div className={css.bar}>
        <ul className={css.legend} aria-label="Kinds of spans">
          {kinds.map(({ kind, count }) => (
            <li key={kind} className={css.kind} title={counted(count, `${spanNames[kind].toLowerCase()} span`)}>
              <SpanMark kind={kind} />
              {spanNames[kind]} <span className={css.figure}>{count.toLocaleString()}</span>
            </li>
          ))}
        </ul>
        <span className={css.note}>{noteOf(layout, spans.length)}</span>
        <IconButton small icon="minus" label="Zoom out" keys="S" onClick={() => stage.zoom(keyStep)} />
        <IconButton small icon="plus" label="Zoom in" keys="W" onClick={() => stage.zoom(1 / keyStep)} />
        <IconButton small icon="columns" label="Show all of it" keys="0" onClick={() => stage.fit()} />
      </div>
      {/* The step list beside is the way through without a pointer; here the keys move and zoom. */}
      <div
        className={css.stage}
        style={{ height: geometry.top + Math.min(lanes, 9) * geometry.lane + 6 }}
        role="group"
        aria-label="Timeline"
        aria-roledescription="timeline"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        data-timeline=""
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerLeave={() => {
          stage.hover(undefined);
          setTip(undefined);
        }}
      >
        <canvas ref={canvas} className={css.canvas} role="img" aria-label={describe(layout, spans)} />
        {tip === undefined ? undefined : <Tip spans={spans} layout={layout} {...tip} />}
      </div>
    </div>
  );
}

/** Wheel zooms about the pointer; with Shift, or sideways, it pans. React's wheel listener could not hold the page still. */
function useWheel(stage: TimelineStage, canvas: RefObject<HTMLCanvasElement | null>, onMove: () => void): void {
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      onMove();
      const scale = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
      const [dx, dy] = event.shiftKey ? [event.deltaX + event.deltaY, 0] : [event.deltaX, event.deltaY];
      if (Math.abs(dx) > Math.abs(dy)) stage.pan((dx * scale) / Math.max(1, element.clientWidth));
      else stage.zoom(wheelStep ** (dy * scale), event.offsetX);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [stage, canvas, onMove]);
}

function useTimelineKeys(
  stage: TimelineStage,
  order: readonly number[],
  selected: number | undefined,
  onSelect: (index: number) => void,
): void {
  const section = 'Timeline';
  const step = (by: number): void => {
    const at = selected === undefined ? -1 : order.indexOf(selected);
    const next = order[Math.min(order.length - 1, Math.max(0, at === -1 && by < 0 ? 0 : at + by))];
    if (next !== undefined) onSelect(next);
  };
  const key = { section, hidden: true, repeats: true } as const;
  useAction({
    ...key,
    id: 'timeline.zoom-in',
    title: 'Zoom in',
    keys: ['W', '+', '='],
    run: () => stage.zoom(1 / keyStep),
  });
  useAction({ ...key, id: 'timeline.zoom-out', title: 'Zoom out', keys: ['S', '-'], run: () => stage.zoom(keyStep) });
  useAction({
    ...key,
    id: 'timeline.left',
    title: 'Move to the left',
    keys: ['A', 'Shift+ArrowLeft'],
    run: () => stage.pan(-0.15),
  });
  useAction({
    ...key,
    id: 'timeline.right',
    title: 'Move to the right',
    keys: ['D', 'Shift+ArrowRight'],
    run: () => stage.pan(0.15),
  });
  useAction({
    ...key,
    id: 'timeline.up',
    title: 'Move up',
    keys: 'Shift+ArrowUp',
    run: () => stage.dragBy(0, geometry.lane),
  });
  useAction({
    ...key,
    id: 'timeline.down',
    title: 'Move down',
    keys: 'Shift+ArrowDown',
    run: () => stage.dragBy(0, -geometry.lane),
  });
  useAction({
    ...key,
    id: 'timeline.next',
    title: 'Select the next step',
    keys: ['ArrowRight', 'ArrowDown'],
    run: () => step(1),
  });
  useAction({
    ...key,
    id: 'timeline.previous',
    title: 'Select the step before',
    keys: ['ArrowLeft', 'ArrowUp'],
    run: () => step(-1),
  });
  useAction({ ...key, id: 'timeline.fit', title: 'Show all of the timeline', keys: '0', run: () => stage.fit() });
  useAction({
    ...key,
    id: 'timeline.zoom-to',
    title: 'Zoom to the selected step',
    keys: 'F',
    enabled: selected !== undefined,
    run: () => {
      if (selected !== undefined) stage.zoomTo(selected);
    },
  });
}

function Tip({
  spans,
  layout,
  index,
  x,
  y,
}: {
  readonly spans: readonly Span[];
  readonly layout: TimelineLayout;
  readonly index: number;
  readonly x: number;
  readonly y: number;
}): ReactNode {
  const span = spans[index];
  const bar = layout.bars[index];
  if (span === undefined || bar === undefined) return undefined;
  return (
    <div
      className={css.tip}
      style={{ insetInlineStart: `min(${x + 12}px, calc(100% - 272px))`, top: y + 16 }}
      aria-hidden
    >
      <div className={css.tipHead}>
        <SpanMark kind={span.kind} />
        <span className={css.tipName}>{span.name}</span>
      </div>
      <div className={css.tipLine}>{whenText(layout, index)}</div>
      {span.error === undefined ? undefined : <div className={css.tipError}>{span.error}</div>}
    </div>
  );
}

/** "1.2 s, from 300 ms" or "step 4"; never a time that was not recorded. */
export function whenText(layout: TimelineLayout, index: number): string {
  const bar = layout.bars[index];
  if (bar === undefined) return 'no time recorded';
  if (layout.unit === 'step') {
    const [first, last] = [bar.start + 1, Math.max(bar.start + 1, bar.end)];
    return first === last ? `step ${first}` : `steps ${first} to ${last}`;
  }
  const from = `from ${durationText(bar.start)}`;
  return bar.open ? `${from}, no end recorded` : `${durationText(bar.end - bar.start)}, ${from}`;
}

function noteOf(layout: TimelineLayout, spans: number): string {
  if (layout.unit === 'step') return 'Order, no times recorded';
  if (layout.withoutTime === 0) return durationText(layout.bounds.end);
  return `${durationText(layout.bounds.end)}, ${layout.withoutTime.toLocaleString()} of ${spans.toLocaleString()} without a time`;
}

function describe(layout: TimelineLayout, spans: readonly Span[]): string {
  const failed = spans.filter((span) => span.error !== undefined).length;
  const kinds = countKinds(spans).map(({ kind, count }) => `${count} ${spanNames[kind].toLowerCase()}`);
  const length = layout.unit === 'step' ? 'in order, no times recorded' : `over ${durationText(layout.bounds.end)}`;
  return `${counted(spans.length, 'span')} ${length}: ${kinds.join(', ')}${failed === 0 ? '' : `; ${failed} failed`}. The steps are listed below.`;
}

function countKinds(spans: readonly Span[]): readonly { readonly kind: Span['kind']; readonly count: number }[] {
  return spanKinds
    .map((kind) => ({ kind, count: spans.filter((span) => span.kind === kind).length }))
    .filter(({ count }) => count > 0);
}
