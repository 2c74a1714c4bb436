// The head of what holds for all models.
import type { JSX, ReactNode } from 'react';
import css from './provider-main.module.css';

export function PartHead({
  title,
  about,
  children,
}: {
  readonly title: string;
  readonly about: ReactNode;
  /** Buttons. */
  readonly children?: ReactNode;
}): JSX.Element {
  return (
    <header className={css.partHead}>
      <div className={css.names}>
        <h1 className={css.title}>{title}</h1>
        <p className={css.about}>{about}</p>
      </div>
      {children}
    </header>
  );
}
