// What is known of a trace and of the span that is selected in it.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { formatNames, type Span, type TraceDetail } from '#contract/trace';
import type { Turn } from '#contract/turn';
import { useApi } from '../../lib/api.tsx';
import { durationText } from '../../lib/canvas/ticks.ts';
import { absoluteTime, shortCount } from '../../lib/format.ts';
import { useGo } from '../../lib/route.tsx';
import { Id, Inspector, Line, Link, Section } from '../../ui/inspector.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SpanMark, spanNames } from '../../ui/span-mark.tsx';
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
  // Runs, and what came through the gateway, were never in a file.
  const isMadeHere = trace.source === 'atelier' || trace.importId === 'gateway';
  const { startedAt, endedAt } = trace;
  return (
    <Inspector>
      {span === undefined ? undefined : <SpanSection span={span} timed={detail.timed} origin={startedAt} />}
      {turn === undefined ? undefined : (
        <Section level={3} title="Turn">
          <Line name="Role">{turn.message.role}</Line>
          <Line name="Depth">{turn.depth.toLocaleString()}</Line>
          <Line name="Id">
            <Id id={turn.id} />
          </Line>
        </Section>
      )}
      <Section level={3} title="Trace">
        <Line name="Source">{formatNames[trace.source]}</Line>
        {trace.source === 'atelier' ? (
          <Line name="Run">
            {/* The trace of a run has its id. */}
            <Link onClick={() => go({ view: 'runs', runId: trace.id })}>Open run</Link>
          </Line>
        ) : undefined}
        {origin === undefined ? undefined : (
          <Line name="File">
            <span title={origin.file}>{origin.file.split(/[\\/]/).at(-1)}</span>
          </Line>
        )}
        {isMadeHere ? undefined : <Line name="Record">{(trace.position + 1).toLocaleString()}</Line>}
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
        <Line name={isMadeHere ? 'Recorded' : 'Imported'}>
          <RelativeTime at={trace.importedAt} />
        </Line>
        <Line name="Id">
          <Id id={trace.id} />
        </Line>
      </Section>
      {trace.scores.length === 0 ? undefined : (
        <Section level={3} title="Scores">
          {trace.scores.map((score) => (
            <Line key={score.name} name={score.name}>
              <span className={css.score}>{score.value}</span>
              {score.comment === undefined ? undefined : <p className={css.comment}>{score.comment}</p>}
            </Line>
          ))}
        </Section>
      )}
      {trace.error === undefined ? undefined : (
        <Section level={3} title="Error">
          <p className={css.error}>{trace.error}</p>
        </Section>
      )}
    </Inspector>
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
      level={3}
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

function exactCount(count: number): ReactNode {
  return <span title={count.toLocaleString()}>{shortCount(count)}</span>;
}
