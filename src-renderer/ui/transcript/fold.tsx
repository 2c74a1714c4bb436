// A line that unfolds. Props: `label`, `note` (beside it), `open` (at first), `children` (made only when open).
import { useState, type JSX, type ReactNode } from 'react';
import css from './fold.module.css';

export interface FoldProps {
  readonly label: ReactNode;
  readonly note?: ReactNode;
  /** Open at first. */
  readonly open?: boolean;
  readonly children: ReactNode;
}

export function Fold({ label, note, open: openAtFirst = false, children }: FoldProps): JSX.Element {
  const [open, setOpen] = useState(openAtFirst);
  return (
    <div className={css.root}>
      <button type="button" className={css.head} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span aria-hidden className={css.chevron} data-open={open} />
        <span className={css.label}>{label}</span>
        {note === undefined ? undefined : <span className={css.note}>{note}</span>}
      </button>
      {open ? <div className={css.body}>{children}</div> : undefined}
    </div>
  );
}
