// A tool call with its arguments and, beside it, its result. Props: `call` (CallWithResult), `selected` (turn id).
import { useMemo, type JSX } from 'react';
import type { Part, Turn, TurnId } from '#contract/turn';
import { ClippedText } from './clipped-text.tsx';
import { isInline, nodeOf } from './json-node.ts';
import { InlineJson, JsonView } from './json-view.tsx';
import { Parts, ResultText } from './parts.tsx';
import type { CallWithResult } from './rows.ts';
import css from './tool-call.module.css';

export interface ToolCallViewProps {
  readonly call: CallWithResult;
  readonly selected?: TurnId | undefined;
  readonly onSelect?: ((turn: TurnId) => void) | undefined;
}

export function ToolCallView({ call: { call, result }, selected, onSelect }: ToolCallViewProps): JSX.Element {
  return (
    <div className={css.root}>
      <div className={css.head}>
        <span className={css.badge} aria-hidden>
          ƒ
        </span>
        <span className={css.name}>
          <ClippedText text={call.name === '' ? 'unnamed tool' : call.name} limit={300} inline />
        </span>
        <Arguments value={call.arguments} name={call.name} unparsed={call.unparsed === true} />
      </div>
      {result === undefined ? undefined : (
        <ToolResult turn={result} name={call.name} selected={selected === result.id} onSelect={onSelect} />
      )}
    </div>
  );
}

function Arguments({
  value,
  name,
  unparsed,
}: {
  readonly value: CallWithResult['call']['arguments'];
  readonly name: string;
  readonly unparsed: boolean;
}): JSX.Element {
  const node = useMemo(() => nodeOf(value), [value]);
  if (unparsed) {
    return (
      <div className={css.arguments}>
        <span className={css.warn}>Arguments are not JSON; shown as written.</span>
        <div className={css.text}>
          <ClippedText text={typeof value === 'string' ? value : JSON.stringify(value)} limit={2000} />
        </div>
      </div>
    );
  }
  if (isInline(node)) return <InlineJson node={node} />;
  return (
    <div className={css.arguments}>
      <JsonView node={node} label={`Arguments of ${name}`} />
    </div>
  );
}

/** A tool turn's content, under its call or in a row of its own. */
export function ToolResult({
  turn,
  name,
  selected,
  onSelect,
}: {
  readonly turn: Turn;
  readonly name: string | undefined;
  readonly selected: boolean;
  readonly onSelect?: ((turn: TurnId) => void) | undefined;
}): JSX.Element {
  const failed = turn.message.role === 'tool' && turn.message.isError === true;
  const label = failed ? 'Error' : 'Result';
  return (
    <div className={css.result} data-selected={selected} data-failed={failed} data-turn={turn.id}>
      {onSelect === undefined ? (
        <span className={css.resultLabel}>{label}</span>
      ) : (
        <button type="button" className={css.resultLabel} aria-pressed={selected} onClick={() => onSelect(turn.id)}>
          {label}
        </button>
      )}
      <div className={css.resultBody}>
        <ResultParts parts={turn.message.content} label={`${label} of ${name ?? 'the tool'}`} />
      </div>
    </div>
  );
}

function ResultParts({ parts, label }: { readonly parts: readonly Part[]; readonly label: string }): JSX.Element {
  if (parts.length === 0) return <span className={css.nothing}>Nothing</span>;
  return (
    <>
      {parts.map((part, index) =>
        part.type === 'text' ? (
          // oxlint-disable-next-line react/no-array-index-key
          <ResultText key={index} text={part.text} label={label} />
        ) : (
          // oxlint-disable-next-line react/no-array-index-key
          <Parts key={index} parts={[part]} />
        ),
      )}
    </>
  );
}
