// What is wrong with an agent file: where, why, and what to do.
import { useState, type JSX } from 'react';
import type { Finding } from '#contract/agent';
import { counted } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import css from './finding-list.module.css';

/** Warnings stand before a form: so many of them leave it in sight. */
const shownWarnings = 3;

export function FindingList({ findings }: { readonly findings: readonly Finding[] }): JSX.Element {
  const [isOpen, setIsOpen] = useState(false);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const more = isOpen || errors.length > 0 ? 0 : Math.max(0, warnings.length - shownWarnings);
  const shown = more > 0 ? warnings.slice(0, shownWarnings) : [...errors, ...warnings];
  return (
    <>
      <ul className={css.list} aria-label="What was found in the file">
        {shown.map((finding) => (
          <Row key={`${finding.file} ${finding.line} ${finding.column} ${finding.rule}`} finding={finding} />
        ))}
      </ul>
      {more === 0 ? undefined : (
        <div>
          <Button look="quiet" icon="chevronDown" onClick={() => setIsOpen(true)}>
            Show {counted(more, 'more warning')}
          </Button>
        </div>
      )}
    </>
  );
}

function Row({ finding }: { readonly finding: Finding }): JSX.Element {
  return (
    <li className={css.finding} data-severity={finding.severity}>
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
  );
}
