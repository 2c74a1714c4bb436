// Buttons: the one main action of a view, ordinary ones, quiet ones, and those that destroy.
import type { ComponentPropsWithRef, ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';
import { Kbd } from './kbd.tsx';
import { classes } from './classes.ts';
import styles from './button.module.css';

export interface ButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'type'> {
  readonly look?: 'main' | 'plain' | 'quiet' | 'danger';
  readonly icon?: IconName;
  /** Shown beside the label. The key itself comes from useAction. */
  readonly keys?: string;
  readonly type?: 'button' | 'submit';
  /** Work is under way: the button is off and says so, and keeps the focus for when it is on again. */
  readonly busy?: boolean;
}

export function Button({
  look = 'plain',
  icon,
  keys,
  busy,
  className,
  children,
  disabled,
  type,
  onClick,
  ...rest
}: ButtonProps): ReactNode {
  return (
    <button
      {...rest}
      type={type === 'submit' ? 'submit' : 'button'}
      disabled={disabled}
      data-look={look}
      {...(busy === true
        ? { 'aria-busy': true, 'aria-disabled': true, onClick: (event) => event.preventDefault() }
        : { onClick })}
      className={classes(styles['button'], styles[look], className)}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
      {keys !== undefined && <Kbd keys={keys} />}
    </button>
  );
}
