// The edges of the graph: how each is meant (dashed where it depends) and whether it was taken, each drawn again by itself.
import { useStore, type ReactFlowState } from '@xyflow/react';
import { memo, useMemo, type JSX } from 'react';
import type { Line } from './layout-input.ts';
import { useTaken } from './use-feed.ts';
import css from './graph.module.css';

/** Lines are looked for in tiles of this size, so that a small move of the view changes nothing; px of the plane. */
const tilePx = 800;

export const GraphLines = memo(function GraphLines({ lines }: { readonly lines: readonly Line[] }): JSX.Element {
  const tiles = useStore(tilesInSight);
  const seen = useMemo(() => {
    const [left = 0, top = 0, right = 0, bottom = 0] = tiles.split(' ').map(Number);
    return lines.filter(({ box }) => box.left <= right && box.right >= left && box.top <= bottom && box.bottom >= top);
  }, [lines, tiles]);
  return (
    <svg className={css.lines} aria-hidden>
      <defs>
        <marker id="runs-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 .8 7 4 0 7.2z" className={css.arrow} />
        </marker>
        <marker
          id="runs-arrow-taken"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="6"
          markerHeight="6"
          orient="auto"
        >
          <path d="M0 .8 7 4 0 7.2z" className={css.arrowTaken} />
        </marker>
      </defs>
      {seen.map((line) => (
        <OneLine key={line.edge.id} line={line} />
      ))}
    </svg>
  );
});

/** The part of the plane in sight, in whole tiles: left, top, right, bottom. */
function tilesInSight({ transform: [x, y, zoom], width, height }: ReactFlowState): string {
  const down = (value: number): number => Math.floor(value / zoom / tilePx) * tilePx;
  const up = (value: number): number => Math.ceil(value / zoom / tilePx) * tilePx;
  return [down(-x), down(-y), up(width - x), up(height - y)].join(' ');
}

const OneLine = memo(function OneLine({ line }: { readonly line: Line }): JSX.Element {
  const { edge, path, label } = line;
  const taken = useTaken(edge.id);
  const isTaken = taken > 0;
  return (
    <g className={css.line} data-taken={isTaken} data-kind={edge.kind} data-edge={edge.id}>
      <path d={path} markerEnd={isTaken ? 'url(#runs-arrow-taken)' : 'url(#runs-arrow)'} />
      {label === undefined || edge.label === undefined ? undefined : (
        <text x={label.x} y={label.y} textAnchor="middle" dominantBaseline="central">
          {edge.label}
        </text>
      )}
    </g>
  );
});
