// What is known of the run and of the node that is selected in its graph.
import { memo, type JSX, type ReactNode } from 'react';
import type { Breakpoint, RunDetail, RunSummary } from '#contract/run';
import { absoluteTime, shortDuration } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { CopyButton } from '../../ui/transcript/copy-button.tsx';
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
    <div className={css.inspector} data-selectable="">
      {node === undefined || node.kind === 'start' || node.kind === 'end' ? undefined : (
        <NodeSection
          node={node}
          breakpoints={detail.breakpoints}
          onBreakpoints={(all) => void commands.setBreakpoints(all)}
          onAgent={onAgent}
        />
      )}
      <Section title="Run">
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
            <Button look="quiet" className={css.link} onClick={() => onOpen(origin.run)}>
              {origin.run.slice(0, 8)}
              {origin.kind === 'fork'
                ? `, step ${origin.step}`
                : origin.upTo === undefined
                  ? ''
                  : `, to step ${origin.upTo}`}
            </Button>
          </Line>
        )}
        <Line name="Trace">
          {traceId === undefined ? (
            'none yet'
          ) : (
            <Button look="quiet" className={css.link} keys="T" onClick={() => onTrace(traceId)}>
              Open
            </Button>
          )}
        </Line>
        <Line name="Id">
          <span className={css.id}>
            <code title={run.id}>{run.id.slice(0, 12)}</code>
            <CopyButton label="Copy" text={() => run.id} />
          </span>
        </Line>
      </Section>
      <Section title="Input">
        <JsonValue value={detail.input} label="Input" />
      </Section>
      {detail.children.length === 0 ? undefined : (
        <Section title="Forks and replays">
          <ul className={css.children}>
            {detail.children.map((child) => (
              <Child key={child.id} run={child} onOpen={onOpen} />
            ))}
          </ul>
        </Section>
      )}
    </div>
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
          <Button look="quiet" className={css.link} onClick={() => onAgent(node.file ?? '')}>
            {node.file}
          </Button>
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
      <Button look="quiet" className={css.link} onClick={() => onOpen(run.id)}>
        {run.origin?.kind === 'replay' ? 'Replay' : `Fork at ${run.origin?.step ?? 0}`},{' '}
        {statusNames[run.status].toLowerCase()}
      </Button>
      <span className={css.when}>
        <RelativeTime at={run.createdAt} />
      </span>
    </li>
  );
}

function Section({ title, children }: { readonly title: ReactNode; readonly children: ReactNode }): JSX.Element {
  return (
    <section className={css.section}>
      <h2 className={css.title}>{title}</h2>
      <div className={css.lines}>{children}</div>
    </section>
  );
}

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }): JSX.Element {
  return (
    <div className={css.line}>
      <span className={css.key}>{name}</span>
      <div className={css.value}>{children}</div>
    </div>
  );
}
