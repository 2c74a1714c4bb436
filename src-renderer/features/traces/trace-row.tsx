// One trace in the list: a line of columns where there is room, two short lines beside an open trace.
import { memo, type ReactNode } from 'react';
import { formatNames, type Score, type TraceSummary } from '#contract/trace';
import { durationText } from '../../lib/canvas/ticks.ts';
import { absoluteTime, relativeTime, shortCount } from '../../lib/format.ts';
import { classes } from '../../ui/classes.ts';
import { Icon } from '../../ui/icons.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import css from './trace-row.module.css';

export interface TraceRowProps {
  readonly index: number;
  /** undefined while it is on the way. */
  readonly trace: TraceSummary | undefined;
  readonly isMarked: boolean;
  /** Some trace is marked: the boxes are in sight. */
  readonly isMarking: boolean;
  readonly onMark: (index: number, on: boolean, range: boolean) => void;
  /** The score the list is filtered by, shown first. */
  readonly scoreName: string | undefined;
  readonly now: number;
}

export const WideRow = memo(function WideRow(props: TraceRowProps): ReactNode {
  const { trace, scoreName, now } = props;
  if (trace === undefined) return <WideSkeleton />;
  return (
    <div className={css.wide} data-marked={props.isMarked}>
      <Mark {...props} />
      <span className={css.name}>
        <Failure trace={trace} />
        <span className={css.text} title={trace.name}>
          {shownText(trace.name)}
        </span>
      </span>
      <span className={css.group}>{trace.group}</span>
      <span className={css.model}>{trace.model}</span>
      <span className={css.source}>{formatNames[trace.source]}</span>
      <span className={css.score}>
        <Scores scores={trace.scores} first={scoreName} />
      </span>
      <Figure count={trace.messageCount} unit="messages" />
      <Figure count={tokensOf(trace)} unit="tokens" className={css.tokens} />
      <span className={classes(css.figure, css.duration)}>{durationOf(trace)}</span>
      <When trace={trace} now={now} />
    </div>
  );
});

export const CompactRow = memo(function CompactRow(props: TraceRowProps): ReactNode {
  const { trace, scoreName, now } = props;
  if (trace === undefined) return <CompactSkeleton />;
  const duration = durationOf(trace);
  return (
    <div className={css.compact} data-marked={props.isMarked}>
      <Mark {...props} />
      <div className={css.lines}>
        <div className={css.line}>
          <Failure trace={trace} />
          <span className={css.text} title={trace.name}>
            {shownText(trace.name)}
          </span>
          <Scores scores={trace.scores} first={scoreName} />
        </div>
        <div className={css.second}>
          <span className={css.text}>
            {[
              trace.group,
              trace.model,
              `${shortCount(trace.messageCount)} ${trace.messageCount === 1 ? 'message' : 'messages'}`,
            ]
              .filter((word) => word !== undefined)
              .join(' · ')}
          </span>
          {duration === undefined ? <When trace={trace} now={now} /> : <span className={css.figure}>{duration}</span>}
        </div>
      </div>
    </div>
  );
});

/** Tokens in and out; undefined where the source recorded neither. */
export function tokensOf({ inputTokens, outputTokens }: TraceSummary): number | undefined {
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return (inputTokens ?? 0) + (outputTokens ?? 0);
}

function durationOf({ startedAt, endedAt }: TraceSummary): string | undefined {
  return startedAt === undefined || endedAt === undefined ? undefined : durationText(endedAt - startedAt);
}

function Failure({ trace }: { readonly trace: TraceSummary }): ReactNode {
  if (trace.error === undefined) return undefined;
  return (
    <span className={css.failure} title={trace.error}>
      <Icon name="error" size={14} label="Failed" />
    </span>
  );
}

function Scores({
  scores,
  first,
}: {
  readonly scores: readonly Score[];
  readonly first: string | undefined;
}): ReactNode {
  const shown = scores.find((score) => score.name === first) ?? scores[0];
  if (shown === undefined) return undefined;
  const all = scores.map((score) => `${score.name}: ${score.value}`).join('\n');
  return (
    <span className={css.scores} title={all}>
      <span className={css.scoreName}>{shown.name}</span>
      <span className={css.scoreValue}>
        {Number.isInteger(shown.value) ? shown.value : Number(shown.value.toPrecision(3))}
      </span>
      {scores.length > 1 ? <span className={css.more}>+{scores.length - 1}</span> : undefined}
    </span>
  );
}

function Figure({
  count,
  unit,
  className,
}: {
  readonly count: number | undefined;
  readonly unit: string;
  readonly className?: string | undefined;
}): ReactNode {
  if (count === undefined) return <span className={classes(css.figure, className)} />;
  const short = shortCount(count);
  return (
    <span className={classes(css.figure, className)} title={`${count.toLocaleString()} ${unit}`}>
      {short}
    </span>
  );
}

function When({ trace, now }: { readonly trace: TraceSummary; readonly now: number }): ReactNode {
  const at = trace.startedAt ?? trace.importedAt;
  const exact = absoluteTime(at);
  return (
    <span className={css.when} title={trace.startedAt === undefined ? `Imported ${exact}; no time recorded` : exact}>
      {relativeTime(at, Math.max(now, at))}
    </span>
  );
}

/** A pointer's way to mark; by keyboard X does it. An option holds no control of its own, so this is none. */
function Mark({ index, isMarked, isMarking, onMark }: TraceRowProps): ReactNode {
  return (
    <span
      className={css.mark}
      data-on={isMarked}
      data-in-sight={isMarking}
      aria-hidden
      onMouseDown={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onMark(index, !isMarked, event.shiftKey);
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <span className={css.box}>{isMarked ? <Icon name="check" size={12} /> : undefined}</span>
    </span>
  );
}

function WideSkeleton(): ReactNode {
  return (
    <div className={css.wide}>
      <span />
      <Skeleton width="60%" />
      <span className={css.group}>
        <Skeleton width="70%" />
      </span>
      <Skeleton width="60%" />
      <span className={css.source}>
        <Skeleton width="70%" />
      </span>
      <Skeleton width="50%" />
      <span />
      <span className={css.tokens} />
      <span className={css.duration} />
      <Skeleton width="60%" />
    </div>
  );
}

function CompactSkeleton(): ReactNode {
  return (
    <div className={css.compact}>
      <span />
      <div className={css.lines}>
        <div className={css.line}>
          <Skeleton width="55%" />
        </div>
        <div className={css.second}>
          <Skeleton width="80%" height={10} />
        </div>
      </div>
    </div>
  );
}
