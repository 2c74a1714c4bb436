// A node of the graph as it is drawn: kind, name, state, how often and how long. Draws itself again when its own counts change.
import { memo, type JSX } from 'react';
import type { Node, NodeProps } from '@xyflow/react';
import type { Breakpoint } from '#contract/run';
import { shortCount, shortDuration } from '../../lib/format.ts';
import { Icon } from '../../ui/icons.tsx';
import type { FlowNode } from './flow.ts';
import { useFollowed, useNodeView } from './use-feed.ts';
import type { NodeView } from './view.ts';
import { nodeKindIcons, nodeKindNames, nodeStateLooks } from './words.ts';
import css from './graph.module.css';

export interface BoxData extends Record<string, unknown> {
  readonly node: FlowNode;
  readonly breakpoints: readonly Breakpoint[];
}
export type Box = Node<BoxData>;

export const StepBox = memo(function StepBox({ data, selected }: NodeProps<Box>): JSX.Element {
  const { node, breakpoints } = data;
  const view = useNodeView(node.id);
  if (node.kind === 'start' || node.kind === 'end') return <EndBox id={node.id} name={node.name} />;
  return (
    <div
      className={node.isContainer ? css.container : css.node}
      data-state={view.state}
      data-selected={selected}
      data-node={node.id}
      data-kind={node.kind}
    >
      <div className={css.head}>
        <span className={css.kind}>
          <Icon name={nodeKindIcons[node.kind]} size={14} />
        </span>
        <span
          className={css.name}
          title={`${node.name}: ${nodeKindNames[node.kind]}, ${nodeStateLooks[view.state].name}`}
        >
          {node.name}
        </span>
        {breakpoints.length === 0 ? undefined : (
          <span className={css.breakpoint}>
            <Icon name="breakpoint" size={12} label={`Breakpoint ${breakpoints.map(({ when }) => when).join(', ')}`} />
          </span>
        )}
        <StateMark view={view} />
      </div>
      {node.isContainer ? undefined : (
        <div className={css.about}>
          {view.runs + view.failures > 0 ? briefWords(view, node.kind) : nodeKindNames[node.kind]}
        </div>
      )}
    </div>
  );
});

function StateMark({ view }: { readonly view: NodeView }): JSX.Element | undefined {
  const { icon, name } = nodeStateLooks[view.state];
  if (icon === undefined) return undefined;
  return (
    // A new state is a new element: one that only changes its colour is not always painted again.
    <span key={view.state} className={css.state}>
      {view.active > 1 ? <span className={css.count}>{view.active}</span> : undefined}
      <Icon name={icon} size={14} label={name} />
    </span>
  );
}

/** "3 × · 12 ms" or "3 × · 1 failed": what there is room for in a node. */
function briefWords(view: NodeView, kind: FlowNode['kind']): string {
  return countWords({ ...view, totalMs: 0, lastMs: view.failures > 0 ? undefined : view.lastMs }, kind);
}

/** "3 × · 12 ms · Σ 40 ms"; without times where they say nothing: of what sleeps only the moment after it is measured. */
export function countWords(view: NodeView, kind: FlowNode['kind']): string {
  const { runs, failures, lastMs, totalMs } = view;
  const isTimed = kind !== 'wait' && kind !== 'human';
  return [
    `${shortCount(runs)} ×`,
    ...(lastMs === undefined || !isTimed ? [] : [shortDuration(lastMs)]),
    ...(runs > 1 && totalMs > 0 && isTimed ? [`Σ ${shortDuration(totalMs)}`] : []),
    ...(failures > 0 ? [`${failures} failed`] : []),
  ].join(' · ');
}

/** The ends of a graph are reached as their edges are. */
function EndBox({ id, name }: { readonly id: string; readonly name: string }): JSX.Element {
  const feed = useFollowed('run');
  const isRoot = id === name;
  const isReached = isRoot && (name === 'start' ? feed.view.steps.length > 0 : feed.view.status === 'finished');
  return (
    <div className={css.end} data-reached={isReached}>
      {name}
    </div>
  );
}
