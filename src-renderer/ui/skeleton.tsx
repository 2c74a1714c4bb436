// Grey bars in the place of what is still coming, so that nothing jumps when it arrives.
import type { ReactNode } from 'react';
import styles from './skeleton.module.css';

export interface SkeletonProps {
  readonly width?: number | string;
  readonly height?: number | string;
}

export function Skeleton({ width = '100%', height = 12 }: SkeletonProps): ReactNode {
  return <span className={styles['bar']} style={{ width, height }} aria-hidden />;
}

/** Rows of a list that is still coming. `height`: of one row, px. */
export function SkeletonRows({
  rows,
  height,
  label,
}: {
  readonly rows: number;
  readonly height: number;
  readonly label: string;
}): ReactNode {
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={styles['row']} style={{ height }}>
          <Skeleton width={`${72 - ((index * 17) % 40)}%`} />
          {height >= 40 && <Skeleton width={`${40 - ((index * 11) % 20)}%`} height={10} />}
        </div>
      ))}
    </div>
  );
}
