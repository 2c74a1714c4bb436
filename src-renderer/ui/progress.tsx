// How far a job is.
import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import styles from './progress.module.css';

export interface ProgressProps {
  /** 0 to 1; undefined while it is unknown. */
  readonly value: number | undefined;
  /** Read aloud. */
  readonly label: string;
}

export function Progress({ value, label }: ProgressProps): ReactNode {
  const percent = value === undefined ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      className={styles['track']}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div
        className={classes(styles['bar'], percent === undefined && styles['unknown'])}
        style={percent === undefined ? {} : { width: `${percent}%` }}
      />
    </div>
  );
}
