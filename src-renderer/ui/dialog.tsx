// A question or a task that holds everything else until it is answered.
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Icon } from './icons.tsx';
import { classes } from './classes.ts';
import { useFocusReturn } from './focus-return.ts';
import styles from './dialog.module.css';

export interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** One sentence below the title. */
  readonly description?: ReactNode;
  readonly children: ReactNode;
  /** Buttons, the main one last. */
  readonly footer?: ReactNode;
  readonly width?: 'narrow' | 'normal' | 'wide';
}

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  width = 'normal',
}: DialogProps): ReactNode {
  const focus = useFocusReturn();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={styles['scrim']} />
        <Radix.Content
          className={classes(styles['dialog'], styles[width])}
          data-overlay=""
          onOpenAutoFocus={(event) => {
            focus.remember();
            focusBody(event);
          }}
          onCloseAutoFocus={focus.giveBack}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <header className={styles['header']}>
            <div>
              <Radix.Title className={styles['title']}>{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className={styles['description']}>{description}</Radix.Description>
              )}
            </div>
          </header>
          <div className={styles['body']} data-dialog-body="">
            {children}
          </div>
          {footer !== undefined && <footer className={styles['footer']}>{footer}</footer>}
          <Radix.Close className={styles['close']} aria-label="Close">
            <Icon name="close" />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The focus begins at what the dialog is for, not at its close button, at a pane that only scrolls, or at what takes something away. */
function focusBody(event: Event): void {
  event.preventDefault();
  const dialog = event.currentTarget;
  if (!(dialog instanceof HTMLElement)) return;
  const control = ':is(input, textarea, select, button, [tabindex="0"]:not([role="region"])):not(:disabled)';
  const first =
    dialog.querySelector<HTMLElement>(`[data-dialog-body] ${control}`) ??
    [...dialog.querySelectorAll<HTMLElement>(`footer ${control}:not([data-look="danger"])`)].at(-1);
  (first ?? dialog).focus();
}
