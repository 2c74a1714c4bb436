// Long text, cut until asked for. Props: `text`, `limit` (characters at first), `inline`, `render` (e.g. a word diff).
import { useState, type JSX, type ReactNode } from 'react';
import { shownText } from './shown-text.tsx';
import css from './clipped-text.module.css';

/** What one click on "show more" adds at most, so that a 100 MB message does not stop the window. */
const step = 200_000;
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const exact = new Intl.NumberFormat('en');

export interface ClippedTextProps {
  readonly text: string;
  /** Characters shown at first. */
  readonly limit?: number;
  /** Flows in a line of other things instead of being a block. */
  readonly inline?: boolean;
  /** How the shown part is drawn; plain text with its line breaks and hidden signs if absent. */
  readonly render?: (shown: string) => ReactNode;
}

export function ClippedText({ text, limit = 6000, inline = false, render }: ClippedTextProps): JSX.Element {
  const [shown, setShown] = useState(limit);
  const end = text.length <= shown * 1.1 ? text.length : cutAt(text, shown);
  const left = text.length - end;
  const visible = left === 0 ? text : text.slice(0, end);
  const Tag = inline ? 'span' : 'div';
  return (
    <Tag className={inline ? css.inline : css.block}>
      {render === undefined ? shownText(visible) : render(visible)}
      {left === 0 ? undefined : (
        <>
          <span className={css.ellipsis}>…</span>
          <button
            type="button"
            className={css.more}
            title={`${exact.format(left)} characters more`}
            onClick={() => setShown(Math.min(text.length, end + step))}
          >
            {left <= step ? `Show all, ${compact.format(left)} more` : `Show more, ${compact.format(left)} left`}
          </button>
        </>
      )}
    </Tag>
  );
}

/** Near `at`, but not inside a surrogate pair and at a line's end where one is close. */
function cutAt(text: string, at: number): number {
  const line = text.lastIndexOf('\n', at);
  const end = line > at * 0.9 ? line : at;
  const code = text.charCodeAt(end - 1);
  return code >= 0xd800 && code <= 0xdbff ? end - 1 : end;
}
