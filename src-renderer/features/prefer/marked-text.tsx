// Text with the words marked that stand on one side only: tinted and underlined, never by colour alone.
import type { ReactNode } from 'react';
import type { DiffRun } from '../../lib/word-diff.ts';
import styles from './marked-text.module.css';

/** Draws the runs as far as `shown` characters. */
export function MarkedText({ runs, shown }: { readonly runs: readonly DiffRun[]; readonly shown: number }): ReactNode {
  const drawn: ReactNode[] = [];
  let left = shown;
  for (const [index, run] of runs.entries()) {
    if (left <= 0) break;
    const text = run.text.length <= left ? run.text : run.text.slice(0, left);
    left -= text.length;
    drawn.push(
      run.only ? (
        <span key={index} className={styles.only} data-differs="">
          {text}
        </span>
      ) : (
        text
      ),
    );
  }
  return drawn;
}
