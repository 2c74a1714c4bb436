// The edges of the graph: how each is meant (dashed where it depends) and whether it was taken, each drawn again by itself.
import { memo, type JSX } from 'react';
import type { Line } from './layout-input.ts';
import { useTaken } from './use-feed.ts';
import css from './graph.module.css';

export const GraphLines = memo(function GraphLines({ lines }: { readonly lines: readonly Line[] }): JSX.Element {
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
      {lines.map((line) => (
        <OneLine key={line.edge.id} line={line} />
      ))}
    </svg>
  );
});

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
