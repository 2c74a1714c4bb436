// A button that is only an icon: its name and its key are in the tooltip.
import type { ComponentPropsWithRef, ReactNode } from 'react';
import { ariaKeys } from '../lib/keys.ts';
import { classes } from './classes.ts';
import { Icon, type IconName } from './icons.tsx';
import { Tooltip } from './tooltip.tsx';
import styles from './icon-button.module.css';

export interface IconButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'type' | 'children' | 'aria-label'> {
  readonly icon: IconName;
  /** What it does; read aloud and shown in the tooltip. */
  readonly label: string;
  readonly keys?: string;
  /** A switch that is on or off. */
  readonly pressed?: boolean;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  readonly small?: boolean;
}

export function IconButton({
  icon,
  label,
  keys,
  pressed,
  side,
  small,
  className,
  ...rest
}: IconButtonProps): ReactNode {
  return (
    <Tooltip text={label} {...(keys === undefined ? {} : { keys })} {...(side === undefined ? {} : { side })}>
      <button
        {...rest}
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        aria-keyshortcuts={keys === undefined ? undefined : ariaKeys(keys)}
        className={classes(styles['button'], small === true && styles['small'], className)}
      >
        <Icon name={icon} />
      </button>
    </Tooltip>
  );
}
