// What went wrong, in place: the sentence and what to do.
import type { JSX } from 'react';
import type { ShownProblem } from '../lib/problem.ts';
import { Icon } from './icons.tsx';
import css from './problem-note.module.css';

export function ProblemNote({
  title,
  problem,
}: {
  readonly title?: string;
  readonly problem: ShownProblem;
}): JSX.Element {
  return (
    <div className={css.note} role="alert" data-selectable="">
      <Icon name="error" />
      <div className={css.text}>
        {title === undefined ? undefined : <p className={css.title}>{title}</p>}
        <p className={css.sentence}>{problem.sentence}</p>
        {problem.hint === undefined ? undefined : <p className={css.hint}>{problem.hint}</p>}
      </div>
    </div>
  );
}
