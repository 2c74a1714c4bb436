// A piece of code to copy.
import type { JSX } from 'react';
import { CopyButton } from '../../ui/transcript/copy-button.tsx';
import css from './code-block.module.css';

export function CodeBlock({
  label,
  code,
  onCopy,
}: {
  /** Read aloud. */
  readonly label: string;
  readonly code: string;
  readonly onCopy?: () => void;
}): JSX.Element {
  return (
    <figure className={css.block} aria-label={label}>
      <pre className={css.code}>{code}</pre>
      <span className={css.copy}>
        <CopyButton label="Copy" text={() => code} onCopied={onCopy} />
      </span>
    </figure>
  );
}
