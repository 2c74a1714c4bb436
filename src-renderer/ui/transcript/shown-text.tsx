// Text with its hidden signs made visible, each a small chip; what is copied stays as it was written.
import type { ReactNode } from 'react';
import { hiddenSigns } from './hidden-signs.ts';
import css from './shown-text.module.css';

/** The text itself where nothing in it is hidden. */
export function shownText(text: string): ReactNode {
  const pieces = hiddenSigns(text);
  if (pieces === undefined) return text;
  return pieces.map((piece, index) =>
    piece.type === 'text' ? (
      piece.text
    ) : (
      // oxlint-disable-next-line react/no-array-index-key
      <span key={index} className={css.sign} data-code={piece.code} title={piece.name}>
        {piece.text}
      </span>
    ),
  );
}
