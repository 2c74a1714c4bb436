// What is wrong with an agent file: where, why, and what to do.
import type { JSX } from 'react';
import type { Finding } from '#contract/agent';
import { Icon } from '../../ui/icons.tsx';
import css from './finding-list.module.css';

export function FindingList({ findings }: { readonly findings: readonly Finding[] }): JSX.Element {
  return (
    <ul className={css.list} aria-label="What was found in the file">
      {findings.map((finding) => (
        <li
          key={`${finding.file} ${finding.line} ${finding.column} ${finding.rule}`}
          className={css.finding}
          data-severity={finding.severity}
        >
          <Icon
            name={finding.severity === 'error' ? 'error' : 'warn'}
            label={finding.severity === 'error' ? 'Error' : 'Warning'}
          />
          <div className={css.text} data-selectable="">
            <p className={css.message}>{finding.message}</p>
            {finding.suggestion === undefined ? undefined : <p className={css.hint}>{finding.suggestion}</p>}
            <code className={css.where}>
              {finding.file}:{finding.line}:{finding.column}
            </code>
            <span className={css.rule}>{finding.rule}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}
