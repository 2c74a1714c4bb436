// A key that was just made: shown this once, with code that uses it.
import { useState, type JSX } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import css from './dialogs.module.css';
import { SnippetTabs } from './snippet-tabs.tsx';
import type { SnippetParts } from './snippets.ts';

export interface KeyShownDialogProps {
  readonly label: string;
  readonly parts: SnippetParts;
  /** The gateway listens. */
  readonly isOn: boolean;
  readonly onClose: () => void;
}

/** How long the outcome of copying is shown, ms. */
const shownMs = 2000;

export function KeyShownDialog({ label, parts, isOn, onClose }: KeyShownDialogProps): JSX.Element {
  const [isCopied, setCopied] = useState(false);
  const [outcome, setOutcome] = useState<'copied' | 'refused'>();
  const [isLeaving, setLeaving] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(parts.key);
      setCopied(true);
      setLeaving(false);
      setOutcome('copied');
    } catch {
      // The system refused the clipboard: it can still be marked and copied by hand.
      setOutcome('refused');
    }
    setTimeout(() => setOutcome(undefined), shownMs);
  };
  // Whoever closes it before anything was copied is asked once: nobody can show it again.
  const leave = (): void => {
    if (isCopied || isLeaving) onClose();
    else setLeaving(true);
  };
  return (
    <Dialog
      open
      onOpenChange={leave}
      width="wide"
      title={`The key ${label}`}
      description="It is shown this once: Atelier keeps only a hash of it."
      footer={
        isLeaving ? (
          <>
            <Button look="danger" onClick={onClose}>
              Close without copying
            </Button>
            <Button look="main" icon="copy" onClick={() => void copy()}>
              Copy the key
            </Button>
          </>
        ) : (
          <Button look="main" icon="check" onClick={onClose}>
            I have copied it
          </Button>
        )
      }
    >
      <div className={css.shown}>
        <div className={css.key}>
          <Icon name="key" />
          <code data-testid="new-key">{parts.key}</code>
          <Button icon="copy" onClick={() => void copy()}>
            {outcome === undefined ? 'Copy the key' : outcome === 'copied' ? 'Copied' : 'Not copied'}
          </Button>
        </div>
        {isLeaving ? (
          <p className={css.warn} role="alert">
            <Icon name="warn" />
            <span>It was not copied yet, and cannot be shown again. You can always make another one.</span>
          </p>
        ) : undefined}
        {isOn ? undefined : (
          <p className={css.warn}>
            <Icon name="info" />
            <span>The gateway is off. Start it, and this works:</span>
          </p>
        )}
        <SnippetTabs parts={parts} onCopy={() => setCopied(true)} />
      </div>
    </Dialog>
  );
}
