// A short word or figure on a tinted ground.
import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { Icon, type IconName } from './icons.tsx';
import styles from './badge.module.css';

export interface BadgeProps {
  readonly tone?: 'neutral' | 'accent' | 'ok' | 'warn' | 'error' | 'info';
  /** Tells the state without its colour. */
  readonly icon?: IconName;
  /** The exact value, on hover. */
  readonly title?: string;
  readonly children: ReactNode;
}

export function Badge({ tone = 'neutral', icon, title, children }: BadgeProps): ReactNode {
  return (
    <span className={classes(styles['badge'], styles[tone])} title={title}>
      {icon !== undefined && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}
