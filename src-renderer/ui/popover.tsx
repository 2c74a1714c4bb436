// A small panel that opens from a button and goes when something else is pressed.
import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { hasMovedOn } from './focus-return.ts';
import styles from './popover.module.css';

export interface PopoverProps {
  /** The button that opens it: one element that takes a ref. */
  readonly trigger: ReactNode;
  readonly children: ReactNode;
  /** Read aloud. */
  readonly label: string;
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
  readonly align?: 'start' | 'center' | 'end';
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  readonly className?: string;
}

export function Popover(props: PopoverProps): ReactNode {
  const { trigger, children, label, open, onOpenChange, align = 'start', side = 'bottom', className } = props;
  return (
    <Radix.Root {...(open === undefined ? {} : { open })} {...(onOpenChange === undefined ? {} : { onOpenChange })}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={classes(styles['popover'], className)}
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
          data-overlay=""
          onCloseAutoFocus={keepMoved}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A focus that has moved on by the time the panel is gone stays where it is. */
function keepMoved(event: Event): void {
  if (hasMovedOn()) event.preventDefault();
}
