// What is known of a trace and of the span that is selected in it.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { formatNames, type Span, type TraceDetail } from '#contract/trace';
import type { Turn } from '#contract/turn';
import { useApi } from '../../lib/api.tsx';
import { durationText } from '../../lib/canvas/ticks.ts';
import { absoluteTime, shortCount } from '../../lib/format.ts';
import { useGo } from '../../lib/route.tsx';
import { Button } from '../../ui/button.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SpanMark, spanNames } from '../../ui/span-mark.tsx';
import { CopyButton } from '../../ui/transcript/copy-button.tsx';
import { AttributeList } from './attribute-list.tsx';
import { usageOf } from './span-usage.ts';
import css from './trace-inspector.module.css';

export interface TraceInspectorProps {
  readonly detail: TraceDetail;
  readonly span: Span | undefined;
  readonly turn: Turn | undefined;
}

export function TraceInspector({ detail, span, turn }: TraceInspectorProps): ReactNode {
  const { trace } = detail;
  const { query } = useApi();
  const go = useGo();
  const imports = useQuery(query.imports.list.queryOptions());
  const origin = imports.data?.find(({ id }) => id === trace.importId);
  const { startedAt, endedAt } = trace;
  return (
    <div className={css.inspector} data-selectable="">
      {span === undefined ? undefined : <SpanSection span={span} timed={detail.timed} origin={startedAt} />}
      {turn === undefined ? undefined : (
        <Section title="Turn">
          <Line name="Role">{turn.message.role}</Line>
          <Line name="Depth">{turn.depth.toLocaleString()}</Line>
          <Line name="Id">
            <Id id={turn.id} />
          </Line>
        </Section>
      )}
      <Section title="Trace">
        <Line name="Source">{formatNames[trace.source]}</Line>
        {trace.source === 'atelier' ? (
          <Line name="Run">
            {/* The trace of a run has its id. */}
            <Button look="quiet" className={css.link} onClick={() => go({ view: 'runs', runId: trace.id })}>
              Open run
            </Button>
          </Line>
        ) : undefined}
        {origin === undefined ? undefined : (
          <Line name="File">
            <span title={origin.file}>{origin.file.split(/[\\/]/).at(-1)}</span>
          </Line>
        )}
        {trace.source === 'atelier' ? undefined : <Line name="Record">{(trace.position + 1).toLocaleString()}</Line>}
        {trace.group === undefined ? undefined : <Line name="Group">{trace.group}</Line>}
        {trace.model === undefined ? undefined : <Line name="Model">{trace.model}</Line>}
        <Line name="Messages">{trace.messageCount.toLocaleString()}</Line>
        <Line name="Tool calls">{trace.toolCallCount.toLocaleString()}</Line>
        <Line name="Spans">{trace.spanCount === 0 ? 'none recorded' : trace.spanCount.toLocaleString()}</Line>
        {trace.inputTokens === undefined ? undefined : <Line name="Tokens in">{exactCount(trace.inputTokens)}</Line>}
        {trace.outputTokens === undefined ? undefined : <Line name="Tokens out">{exactCount(trace.outputTokens)}</Line>}
        <Line name="Started">{startedAt === undefined ? 'not recorded' : <RelativeTime at={startedAt} />}</Line>
        {startedAt === undefined || endedAt === undefined ? undefined : (
          <Line name="Duration">{durationText(endedAt - startedAt)}</Line>
        )}
        <Line name={trace.source === 'atelier' ? 'Recorded' : 'Imported'}>
          <RelativeTime at={trace.importedAt} />
        </Line>
        <Line name="Id">
          <Id id={trace.id} />
        </Line>
      </Section>
      {trace.scores.length === 0 ? undefined : (
        <Section title="Scores">
          {trace.scores.map((score) => (
            <Line key={score.name} name={score.name}>
              <span className={css.score}>{score.value}</span>
              {score.comment === undefined ? undefined : <p className={css.comment}>{score.comment}</p>}
            </Line>
          ))}
        </Section>
      )}
      {trace.error === undefined ? undefined : (
        <Section title="Error">
          <p className={css.error}>{trace.error}</p>
        </Section>
      )}
    </div>
  );
}

function SpanSection({
  span,
  timed,
  origin,
}: {
  readonly span: Span;
  readonly timed: boolean;
  readonly origin: number | undefined;
}): ReactNode {
  const { startedAt, endedAt } = span;
  const usage = usageOf(span);
  const attributes = Object.keys(span.attributes).length;
  return (
    <Section
      title={
        <>
          <SpanMark kind={span.kind} />
          {spanNames[span.kind]} {timed ? 'span' : 'step'}
        </>
      }
    >
      <Line name="Name">{span.name}</Line>
      {startedAt === undefined ? undefined : (
        <Line name="Started">
          <span title={absoluteTime(startedAt)}>
            {origin === undefined ? absoluteTime(startedAt) : `at ${durationText(startedAt - origin)}`}
          </span>
        </Line>
      )}
      {startedAt === undefined || endedAt === undefined ? undefined : (
        <Line name="Duration">{durationText(endedAt - startedAt)}</Line>
      )}
      {usage.input === undefined ? undefined : <Line name="Tokens in">{exactCount(usage.input)}</Line>}
      {usage.output === undefined ? undefined : <Line name="Tokens out">{exactCount(usage.output)}</Line>}
      {span.error === undefined ? undefined : (
        <Line name="Error">
          <span className={css.error}>{span.error}</span>
        </Line>
      )}
      {attributes === 0 ? undefined : (
        <div className={css.attributes}>
          <h4 className={css.subtitle}>Attributes</h4>
          <AttributeList attributes={span.attributes} />
        </div>
      )}
    </Section>
  );
}

function Section({ title, children }: { readonly title: ReactNode; readonly children: ReactNode }): ReactNode {
  return (
    <section className={css.section}>
      <h3 className={css.title}>{title}</h3>
      <div className={css.lines}>{children}</div>
    </section>
  );
}

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className={css.line}>
      <span className={css.key}>{name}</span>
      <div className={css.value}>{children}</div>
    </div>
  );
}

function Id({ id }: { readonly id: string }): ReactNode {
  return (
    <span className={css.id}>
      <code title={id}>{id.length > 12 ? `${id.slice(0, 10)}…` : id}</code>
      <CopyButton label="Copy" text={() => id} />
    </span>
  );
}

function exactCount(count: number): ReactNode {
  return <span title={count.toLocaleString()}>{shortCount(count)}</span>;
}
