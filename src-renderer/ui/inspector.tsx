// What the pane on the right is made of: sections of named values, ids to copy, links to elsewhere.
import type { JSX, ReactNode } from 'react';
import { Button, type ButtonProps } from './button.tsx';
import { CopyButton } from './transcript/copy-button.tsx';
import css from './inspector.module.css';

export function Inspector({ children }: { readonly children: ReactNode }): JSX.Element {
  return (
    <div className={css.inspector} data-selectable="">
      {children}
    </div>
  );
}

/** `level`: of its heading, in the order of the screen's. */
export function Section({
  title,
  level,
  children,
}: {
  readonly title: ReactNode;
  readonly level: 2 | 3;
  readonly children: ReactNode;
}): JSX.Element {
  const Heading = `h${level}` as const;
  return (
    <section className={css.section}>
      <Heading className={css.title}>{title}</Heading>
      <div className={css.lines}>{children}</div>
    </section>
  );
}

export function Line({ name, children }: { readonly name: string; readonly children: ReactNode }): JSX.Element {
  return (
    <div className={css.line}>
      <span className={css.key}>{name}</span>
      <div className={css.value}>{children}</div>
    </div>
  );
}

export function Id({ id }: { readonly id: string }): JSX.Element {
  return (
    <span className={css.id}>
      <code title={id}>{id.length > 12 ? `${id.slice(0, 10)}…` : id}</code>
      <CopyButton label="Copy" text={() => id} />
    </span>
  );
}

/** A button that reads as a value of its line. */
export function Link(props: Omit<ButtonProps, 'look' | 'className'>): JSX.Element {
  return <Button {...props} look="quiet" className={css.link} />;
}
