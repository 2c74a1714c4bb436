// What is known of the run and of the node that is selected in its graph.
import { memo, type JSX } from 'react';
import type { Breakpoint, RunDetail, RunSummary } from '#contract/run';
import { absoluteTime, shortDuration } from '../../lib/format.ts';
import { shortId } from '../../lib/short-id.ts';
import { Icon } from '../../ui/icons.tsx';
import { Id, Inspector, Line, Link, Section } from '../../ui/inspector.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { JsonValue } from '../../ui/transcript/parts.tsx';
import { BreakpointFields } from './breakpoint-fields.tsx';
import { usageWords } from './call-words.ts';
import type { FlowNode } from './flow.ts';
import { countWords } from './graph-node.tsx';
import { StatusMark } from './status-mark.tsx';
import { useFollowed, useNodeView } from './use-feed.ts';
import type { RunCommands } from './use-run-commands.ts';
import { nodeKindIcons, nodeKindNames, nodeStateLooks, statusNames } from './words.ts';
import css from './run-inspector.module.css';

export interface RunInspectorProps {
  readonly detail: RunDetail;
  readonly node: FlowNode | undefined;
  readonly commands: RunCommands;
  readonly onOpen: (id: string) => void;
  readonly onTrace: (traceId: string) => void;
  readonly onAgent: (file: string) => void;
}

/** What grows with every step follows the feed by itself. */
export const RunInspector = memo(function RunInspector(props: RunInspectorProps): JSX.Element {
  const { detail, node, commands, onOpen, onTrace, onAgent } = props;
  const { run } = detail;
  const { origin, traceId } = run;
  return (
    <Inspector>
      {node === undefined || node.kind === 'start' || node.kind === 'end' ? undefined : (
        <NodeSection
          node={node}
          breakpoints={detail.breakpoints}
          onBreakpoints={(all) => void commands.setBreakpoints(all)}
          onAgent={onAgent}
        />
      )}
      <Section level={2} title="Run">
        <Line name="Agent">{run.agent}</Line>
        <Line name="File">
          <code title={run.file}>{run.file}</code>
        </Line>
        {run.version === undefined ? undefined : <Line name="Version">{run.version}</Line>}
        <Line name="Seed">{run.seed}</Line>
        <Line name="Started">
          <RelativeTime at={run.createdAt} />
        </Line>
        <Figures run={run} />
        {origin === undefined ? undefined : (
          <Line name={origin.kind === 'fork' ? 'Fork of' : 'Replay of'}>
            <Link onClick={() => onOpen(origin.run)}>
              {shortId(origin.run)}
              {origin.kind === 'fork'
                ? `, step ${origin.step}`
                : origin.upTo === undefined
                  ? ''
                  : `, to step ${origin.upTo}`}
            </Link>
          </Line>
        )}
        <Line name="Trace">
          {traceId === undefined ? (
            'none yet'
          ) : (
            <Link keys="T" onClick={() => onTrace(traceId)}>
              Open
            </Link>
          )}
        </Line>
        <Line name="Id">
          <Id id={run.id} />
        </Line>
      </Section>
      <Section level={2} title="Input">
        <JsonValue value={detail.input} label="Input" />
      </Section>
      {detail.children.length === 0 ? undefined : (
        <Section level={2} title="Forks and replays">
          <ul className={css.children}>
            {detail.children.map((child) => (
              <Child key={child.id} run={child} onOpen={onOpen} />
            ))}
          </ul>
        </Section>
      )}
    </Inspector>
  );
});

function Figures({ run }: { readonly run: RunSummary }): JSX.Element {
  const feed = useFollowed('run');
  const { usage, endedAt, step, seq } = feed.view;
  // The first event of a fork is that of the run that it comes from.
  const startedAt = run.origin?.kind === 'fork' ? run.createdAt : feed.view.startedAt;
  return (
    <>
      {startedAt === undefined || endedAt === undefined ? undefined : (
        <Line name="Duration">
          <span title={absoluteTime(endedAt)}>{shortDuration(Math.max(0, endedAt - startedAt))}</span>
        </Line>
      )}
      <Line name="Steps">{step.toLocaleString()}</Line>
      <Line name="Events">{seq.toLocaleString()}</Line>
      <Line name="Tokens">{usageWords(usage)}</Line>
    </>
  );
}

function NodeSection({
  node,
  breakpoints,
  onBreakpoints,
  onAgent,
}: {
  readonly node: FlowNode;
  readonly onAgent: (file: string) => void;
  readonly breakpoints: readonly Breakpoint[];
  readonly onBreakpoints: (breakpoints: readonly Breakpoint[]) => void;
}): JSX.Element | undefined {
  const view = useNodeView(node.id);
  if (node.kind === 'start' || node.kind === 'end') return undefined;
  return (
    <Section
      level={2}
      title={
        <>
          <Icon name={nodeKindIcons[node.kind]} size={14} />
          {nodeKindNames[node.kind]}
        </>
      }
    >
      <Line name="Name">{node.id.replaceAll('/', ' › ')}</Line>
      {node.file === undefined ? undefined : (
        <Line name="Agent">
          <Link onClick={() => onAgent(node.file ?? '')}>{node.file}</Link>
        </Line>
      )}
      <Line name="State">{nodeStateLooks[view.state].name}</Line>
      {view.runs + view.failures === 0 ? undefined : <Line name="Ran">{countWords(view, node.kind)}</Line>}
      {view.branch === undefined ? undefined : <Line name="Went">{view.branch}</Line>}
      {Object.keys(node.options).length === 0 ? undefined : (
        <div className={css.options}>
          <JsonValue value={node.options} label={`Options of ${node.name}`} />
        </div>
      )}
      <BreakpointFields key={node.id} node={node.name} breakpoints={breakpoints} onChange={onBreakpoints} />
    </Section>
  );
}

function Child({ run, onOpen }: { readonly run: RunSummary; readonly onOpen: (id: string) => void }): JSX.Element {
  return (
    <li className={css.child}>
      <StatusMark status={run.status} />
      <Link onClick={() => onOpen(run.id)}>
        {run.origin?.kind === 'replay' ? 'Replay' : `Fork at ${run.origin?.step ?? 0}`},{' '}
        {statusNames[run.status].toLowerCase()}
      </Link>
      <span className={css.when}>
        <RelativeTime at={run.createdAt} />
      </span>
    </li>
  );
}
