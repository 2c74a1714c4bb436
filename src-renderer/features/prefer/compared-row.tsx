// One row of a side while the word diff is on: the same message, its differing words marked.
import type { Message, Part } from '#contract/turn';
import type { JSX, ReactNode } from 'react';
import type { DiffRun } from '../../lib/word-diff.ts';
import { ClippedText } from '../../ui/transcript/clipped-text.tsx';
import { Parts } from '../../ui/transcript/parts.tsx';
import type { CallWithResult, TranscriptRow } from '../../ui/transcript/rows.ts';
import { pieceKey, type Comparison } from './compare-sides.ts';
import styles from './compared-row.module.css';
import { MarkedText } from './marked-text.tsx';
import { readableArguments, readableResult } from './readable-json.ts';
import { RoleName } from '../../ui/transcript/role-name.tsx';

export interface ComparedRowProps {
  readonly row: TranscriptRow;
  readonly comparison: Comparison;
}

export function ComparedRow({ row, comparison }: ComparedRowProps): JSX.Element {
  const { turn, calls } = row;
  const { message } = turn;
  const alone = comparison.alone.has(turn.id);
  return (
    <article className={styles.row} data-turn={turn.id} data-alone={alone}>
      <header className={styles.head}>
        <RoleName role={message.role} />
        {row.answers === undefined ? undefined : <span className={styles.name}>{row.answers}</span>}
        <span className={styles.depth}>{turn.depth}</span>
        {alone ? <span className={styles.alone}>only on this side</span> : undefined}
      </header>
      <Content turnId={turn.id} message={message} comparison={comparison} />
      {calls.map((call, index) => (
        <ComparedCall key={call.position} turnId={turn.id} index={index} call={call} comparison={comparison} />
      ))}
    </article>
  );
}

function Content({
  turnId,
  message,
  comparison,
}: {
  readonly turnId: string;
  readonly message: Message;
  readonly comparison: Comparison;
}): ReactNode {
  return message.content.map((part, index) => (
    <ComparedPart
      key={pieceKey(turnId, 'part', index)}
      part={part}
      tool={message.role === 'tool'}
      pieceId={pieceKey(turnId, 'part', index)}
      comparison={comparison}
    />
  ));
}

function ComparedPart({
  part,
  tool,
  pieceId,
  comparison,
}: {
  readonly part: Part;
  readonly tool: boolean;
  readonly pieceId: string;
  readonly comparison: Comparison;
}): ReactNode {
  if (part.type !== 'text' && part.type !== 'reasoning') return <Parts parts={[part]} />;
  const text = tool ? readableResult(part.text) : part.text;
  return (
    <div className={tool ? styles.mono : part.type === 'reasoning' ? styles.reasoning : undefined} data-piece={pieceId}>
      {part.type === 'reasoning' ? <span className={styles.label}>Reasoning</span> : undefined}
      <Marked text={text} runs={comparison.marks.get(pieceId)} limit={tool ? 3000 : 6000} />
    </div>
  );
}

function ComparedCall({
  turnId,
  index,
  call: { call, result },
  comparison,
}: {
  readonly turnId: string;
  readonly index: number;
  readonly call: CallWithResult;
  readonly comparison: Comparison;
}): JSX.Element {
  const pieceId = pieceKey(turnId, 'call', index);
  const failed = result?.message.role === 'tool' && result.message.isError === true;
  return (
    <div className={styles.call}>
      <div className={styles.mono} data-piece={pieceId}>
        <span className={styles.badge} aria-hidden>
          ƒ
        </span>
        <span className={styles.tool}>{call.name === '' ? 'unnamed tool' : call.name}</span>{' '}
        <Marked text={readableArguments(call)} runs={comparison.marks.get(pieceId)} limit={2000} inline />
      </div>
      {result === undefined ? undefined : (
        <div className={styles.result} data-turn={result.id}>
          <span className={styles.label} data-failed={failed}>
            {failed ? 'Error' : 'Result'}
          </span>
          <div>
            <Content turnId={result.id} message={result.message} comparison={comparison} />
          </div>
        </div>
      )}
    </div>
  );
}

function Marked({
  text,
  runs,
  limit,
  inline = false,
}: {
  readonly text: string;
  readonly runs: readonly DiffRun[] | undefined;
  readonly limit: number;
  readonly inline?: boolean;
}): JSX.Element {
  if (runs === undefined) return <ClippedText text={text} limit={limit} inline={inline} />;
  return (
    <ClippedText
      text={text}
      limit={limit}
      inline={inline}
      render={(shown) => <MarkedText runs={runs} shown={shown.length} />}
    />
  );
}
