// One row of a transcript: who spoke, what they said, their tool calls with results. Props: MessageRowProps; rows come
// from transcriptRows(turns, before). `renderText` replaces plain text (word diff); `selected`/`onSelect` are turn ids.
import type { JSX, ReactNode } from 'react';
import type { Message, TurnId } from '#contract/turn';
import { ContextBody } from './context-body.tsx';
import { CopyButton } from './copy-button.tsx';
import { Parts, type RenderText } from './parts.tsx';
import { ToolCallView, ToolResult } from './tool-call.tsx';
import { messageJson, messageText } from './message-text.ts';
import type { TranscriptRow } from './rows.ts';
import { shownText } from './shown-text.tsx';
import css from './message-row.module.css';
import { RoleName, roleNames } from './role-name.tsx';

export interface MessageRowProps {
  readonly row: TranscriptRow;
  /** The turn that is selected, whether it is this row's or one of its results. */
  readonly selected?: TurnId | undefined;
  readonly onSelect?: ((turn: TurnId) => void) | undefined;
  readonly renderText?: RenderText | undefined;
  /** At the right of the head: duration, tokens. */
  readonly meta?: ReactNode;
}

export function MessageRow({ row, selected, onSelect, renderText, meta }: MessageRowProps): JSX.Element {
  const { turn, calls } = row;
  const { message } = turn;
  const isSelected = selected === turn.id;
  const head = (
    <>
      <RoleName role={message.role} />
      {nameOf(message) === undefined ? undefined : <span className={css.name}>{shownText(nameOf(message) ?? '')}</span>}
      {row.answers === undefined ? undefined : <span className={css.name}>{shownText(row.answers)}</span>}
      <span className={css.depth}>{turn.depth}</span>
    </>
  );
  return (
    <article
      className={css.row}
      data-selected={isSelected}
      data-turn={turn.id}
      aria-label={`${roleNames[message.role]}, turn ${turn.depth}`}
    >
      <header className={css.head}>
        {onSelect === undefined ? (
          <span className={css.who}>{head}</span>
        ) : (
          <button type="button" className={css.who} aria-pressed={isSelected} onClick={() => onSelect(turn.id)}>
            {head}
          </button>
        )}
        <span className={css.actions}>
          <CopyButton label="Copy" text={() => messageText(message)} />
          <CopyButton label="Copy JSON" text={() => messageJson(message)} />
        </span>
        <span className={css.meta}>{meta}</span>
      </header>
      <div className={css.body} data-said="">
        <Body row={row} renderText={renderText} />
        {calls.map((call) => (
          <ToolCallView key={call.position} call={call} selected={selected} onSelect={onSelect} />
        ))}
      </div>
    </article>
  );
}

function Body({
  row,
  renderText,
}: {
  readonly row: TranscriptRow;
  readonly renderText: RenderText | undefined;
}): JSX.Element | undefined {
  const { message } = row.turn;
  if (message.role === 'context') return <ContextBody message={message} />;
  if (message.role === 'tool') return <ToolResult turn={row.turn} name={row.answers} selected={false} />;
  if (message.content.length > 0) return <Parts parts={message.content} renderText={renderText} />;
  return row.calls.length > 0 ? undefined : <p className={css.nothing}>Empty message</p>;
}

function nameOf(message: Message): string | undefined {
  return message.role === 'user' || message.role === 'assistant' ? message.name : undefined;
}
