// A view that failed: what went wrong, what to do, and another try.
import type { ReactNode } from 'react';
import type { ShownProblem } from '../lib/problem.ts';
import { Button } from './button.tsx';
import { Icon } from './icons.tsx';
import styles from './state.module.css';

export interface ErrorStateProps {
  /** What could not be done: "The traces could not be listed." */
  readonly title: string;
  readonly problem: ShownProblem;
  readonly onRetry?: () => void;
  readonly actions?: ReactNode;
}

export function ErrorState({ title, problem, onRetry, actions }: ErrorStateProps): ReactNode {
  return (
    <div className={styles['state']} role="alert">
      <span className={styles['wrong']}>
        <Icon name="error" size={24} />
      </span>
      <h2 className={styles['title']}>{title}</h2>
      <div className={styles['text']} data-selectable="">
        <p>{problem.sentence}</p>
        {problem.hint !== undefined && <p>{problem.hint}</p>}
      </div>
      {(onRetry !== undefined || actions !== undefined) && (
        <div className={styles['actions']}>
          {onRetry !== undefined && (
            <Button icon="refresh" onClick={onRetry}>
              Try again
            </Button>
          )}
          {actions}
        </div>
      )}
    </div>
  );
}
