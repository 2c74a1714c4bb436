// The graph drawn on canvases: the overview behind the pane, and the small map in its corner.
import { useStoreApi } from '@xyflow/react';
import { useEffect, useMemo, useRef, type JSX, type PointerEvent } from 'react';
import { useColours } from '../../lib/theme.tsx';
import { paintGraph, paintTokens, type Scene } from './graph-paint.ts';
import type { Layout } from './layout-input.ts';
import { useFeed } from './use-feed.ts';
import type { RunFeed } from './feed.ts';
import css from './graph.module.css';

interface Drawn {
  readonly layout: Layout;
  readonly selected: string | undefined;
}

function sceneOf(feed: RunFeed, { layout, selected }: Drawn): Scene {
  return {
    layout,
    selected,
    stateOf: (id) => feed.node(id).state,
    isTaken: (id) => feed.view.edges.has(id),
  };
}

/** Draws once a frame at most, when the view moved or the run did something. */
function useFrames(draw: () => void): void {
  const feed = useFeed();
  const store = useStoreApi();
  useEffect(() => {
    let frame: number | undefined;
    const soon = (): void => {
      frame ??= requestAnimationFrame(() => {
        frame = undefined;
        draw();
      });
    };
    soon();
    const stops = [feed.subscribe('graph', soon), store.subscribe(soon)];
    return () => {
      for (const stop of stops) stop();
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [draw, feed, store]);
}

/** The whole pane, from far away. */
export function GraphOverview({ layout, selected }: Drawn): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const feed = useFeed();
  const store = useStoreApi();
  const colours = useColours(paintTokens);
  const draw = useMemo(
    () => (): void => {
      const { width, height, transform } = store.getState();
      const context = prepared(canvas.current, width, height);
      const [x, y, zoom] = transform;
      if (context === undefined) return;
      paintGraph(context, sceneOf(feed, { layout, selected }), { x, y, zoom }, { width, height }, colours, true);
    },
    [store, feed, layout, selected, colours],
  );
  useFrames(draw);
  return <canvas ref={canvas} className={css.overview} aria-hidden data-overview="" />;
}

const mapSize = { width: 104, height: 104 };
const marginPx = 4;

/** All of the graph, with the part that is in sight; a press goes there. */
export function GraphMap({ layout, selected }: Drawn): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const feed = useFeed();
  const store = useStoreApi();
  const colours = useColours(paintTokens);
  const plane = useMemo(() => {
    const { width, height } = layout;
    const zoom = Math.min((mapSize.width - 2 * marginPx) / width, (mapSize.height - 2 * marginPx) / height);
    return { zoom, x: (mapSize.width - width * zoom) / 2, y: (mapSize.height - height * zoom) / 2 };
  }, [layout]);
  const draw = useMemo(
    () => (): void => {
      const { width, height, transform } = store.getState();
      const context = prepared(canvas.current, mapSize.width, mapSize.height);
      const [x, y, zoom] = transform;
      if (context === undefined) return;
      paintGraph(context, sceneOf(feed, { layout, selected }), plane, mapSize, colours, false);
      context.strokeStyle = colours['--accent'];
      context.lineWidth = 1.5;
      const at = (value: number, offset: number, start: number): number =>
        ((value - offset) / zoom) * plane.zoom + start;
      const [left, top] = [at(0, x, plane.x), at(0, y, plane.y)];
      context.strokeRect(left, top, at(width, x, plane.x) - left, at(height, y, plane.y) - top);
    },
    [store, feed, layout, selected, colours, plane],
  );
  useFrames(draw);
  const go = (event: PointerEvent<HTMLCanvasElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const { width, height, transform, panZoom } = store.getState();
    const zoom = transform[2];
    const x = (event.clientX - box.left - plane.x) / plane.zoom;
    const y = (event.clientY - box.top - plane.y) / plane.zoom;
    void panZoom?.setViewport({ x: width / 2 - x * zoom, y: height / 2 - y * zoom, zoom });
  };
  return (
    <canvas
      ref={canvas}
      className={css.map}
      style={mapSize}
      role="img"
      aria-label="Map of the graph"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) go(event);
      }}
    />
  );
}

/** Sharp on every screen: drawn in px of the page. */
function prepared(
  canvas: HTMLCanvasElement | null,
  width: number,
  height: number,
): CanvasRenderingContext2D | undefined {
  const context = canvas?.getContext('2d');
  if (canvas === null || context === null || context === undefined || width === 0) return undefined;
  const [wide, high] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  return context;
}
