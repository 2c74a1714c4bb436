// Copies text and says so. Props: `text` (a function: made when asked for), `label` (what is copied).
import { useEffect, useState, type JSX } from 'react';
import css from './copy-button.module.css';

export interface CopyButtonProps {
  /** Called when pressed, so that nothing is made for buttons nobody presses. */
  readonly text: () => string;
  /** "Copy", "Copy JSON". */
  readonly label: string;
  /** It is on the clipboard. */
  readonly onCopied?: (() => void) | undefined;
}

/** How long the outcome is shown, ms. */
const shownMs = 1600;

export function CopyButton({ text, label, onCopied }: CopyButtonProps): JSX.Element {
  const [outcome, setOutcome] = useState<'copied' | 'refused'>();
  useEffect(() => {
    if (outcome === undefined) return undefined;
    const timer = setTimeout(() => setOutcome(undefined), shownMs);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      setOutcome('copied');
      onCopied?.();
    } catch {
      // The system refused the clipboard, or the text could not be made; the label says that nothing was copied.
      setOutcome('refused');
    }
  };
  return (
    <button type="button" className={css.button} data-outcome={outcome} onClick={() => void copy()}>
      {outcome === undefined ? label : outcome === 'copied' ? 'Copied' : 'Not copied'}
    </button>
  );
}
