// The notices in the corner. F8 goes to them; they wait while the mouse or the focus is on them.
import { Toast as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useToasts, type Toast } from '../lib/toasts.tsx';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Icon } from '../ui/icons.tsx';
import styles from './toast-list.module.css';

const shownMs = 6_000;
/** A failure is read, and perhaps written down. */
const problemMs = 20_000;

export function ToastList(): ReactNode {
  const { toasts, dismiss } = useToasts();
  return (
    <Radix.Provider duration={shownMs} label="Notice" swipeDirection="right">
      {toasts.map((toast) => (
        <ToastLine key={toast.id} toast={toast} onGone={() => dismiss(toast.id)} />
      ))}
      <Radix.Viewport className={styles['viewport']} data-notices="" label="Notices ({hotkey})" />
    </Radix.Provider>
  );
}

function ToastLine({ toast, onGone }: { readonly toast: Toast; readonly onGone: () => void }): ReactNode {
  const { text, undo, action, problem } = toast;
  return (
    <Radix.Root
      className={styles['toast']}
      type={problem === undefined ? 'background' : 'foreground'}
      {...(problem === undefined ? {} : { duration: problemMs })}
      onOpenChange={(open) => !open && onGone()}
      onEscapeKeyDown={passOn}
    >
      {problem !== undefined && (
        <span className={styles['wrong']}>
          <Icon name="error" label="Failed" />
        </span>
      )}
      <div className={styles['text']} data-selectable="">
        <Radix.Title className={styles['title']}>{text}</Radix.Title>
        {problem !== undefined && (
          <Radix.Description className={styles['detail']}>
            {problem.sentence}
            {problem.hint !== undefined && ` ${problem.hint}`}
          </Radix.Description>
        )}
      </div>
      {undo !== undefined && (
        <Radix.Action asChild altText="Undo">
          <Button look="quiet" icon="undo" onClick={undo}>
            Undo
          </Button>
        </Radix.Action>
      )}
      {action !== undefined && (
        <Radix.Action asChild altText={action.label}>
          <Button look="quiet" onClick={action.run}>
            {action.label}
          </Button>
        </Radix.Action>
      )}
      <Radix.Close asChild>
        <IconButton icon="close" label="Dismiss" small />
      </Radix.Close>
    </Radix.Root>
  );
}

/** Escape is meant for a notice only where that has the focus; else what it was pressed for hears it too, once the notice is gone. */
function passOn(): void {
  const focused = document.activeElement ?? document.body;
  if (focused.closest('[data-notices]') !== null) return;
  setTimeout(() => {
    focused.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', code: 'Escape', bubbles: true, cancelable: true }),
    );
  });
}
