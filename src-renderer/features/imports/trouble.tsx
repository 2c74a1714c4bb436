// A problem in a line: what happened and what to do.
import type { ReactNode } from 'react';
import type { ShownProblem } from '../../lib/problem.ts';
import { Icon } from '../../ui/icons.tsx';
import css from './trouble.module.css';

export function Trouble({ problem }: { readonly problem: ShownProblem }): ReactNode {
  return (
    <div className={css.trouble} role="alert">
      <Icon name="error" />
      <div>
        <p>{problem.sentence}</p>
        {problem.hint === undefined ? undefined : <p className={css.hint}>{problem.hint}</p>}
      </div>
    </div>
  );
}
