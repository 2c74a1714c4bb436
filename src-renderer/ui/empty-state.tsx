// A view with nothing in it yet: what it is for, and the first step.
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';
import styles from './state.module.css';

export interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  /** One or two sentences. */
  readonly children?: ReactNode;
  /** Buttons, the first step first. */
  readonly actions?: ReactNode;
}

export function EmptyState({ icon, title, children, actions }: EmptyStateProps): ReactNode {
  return (
    <div className={styles['state']}>
      <span className={styles['icon']}>
        <Icon name={icon} size={24} />
      </span>
      <h2 className={styles['title']}>{title}</h2>
      {children !== undefined && <div className={styles['text']}>{children}</div>}
      {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
    </div>
  );
}
