// What an export will come to: rows on each side, losses in plain words, what the scan found, a row as it will be written.
import type { JSX, ReactNode } from 'react';
import type { ExportOptions, ExportPlan, Loss, ScanFinding } from '#contract/dataset';
import { counted } from '../../lib/format.ts';
import type { ShownProblem } from '../../lib/problem.ts';
import { Badge } from '../../ui/badge.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Icon } from '../../ui/icons.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Fold } from '../../ui/transcript/fold.tsx';
import { nodeOf } from '../../ui/transcript/json-node.ts';
import { JsonView } from '../../ui/transcript/json-view.tsx';
import styles from './plan-view.module.css';
import { effectNames } from './words.ts';

export interface PlanViewProps {
  readonly plan: ExportPlan | undefined;
  readonly stale: boolean;
  readonly problem: ShownProblem | undefined;
  readonly options: ExportOptions;
  readonly onRetry: () => void;
}

export function PlanView({ plan, stale, problem, options, onRetry }: PlanViewProps): JSX.Element {
  if (problem !== undefined)
    return <ErrorState title="The export could not be planned." problem={problem} onRetry={onRetry} />;
  if (plan === undefined) return <SkeletonRows rows={7} height={44} label="The export is being planned" />;
  const { rows, train, test, losses, findings, nearDuplicates, sample, notes } = plan;
  return (
    <div className={styles.plan} aria-busy={stale}>
      <p className={styles.rows} role="status">
        <strong>{counted(rows, 'row')}</strong>
        {options.split === 0
          ? ' in one file'
          : `: ${train.toLocaleString()} to train, ${test.toLocaleString()} to test`}
      </p>
      {notes.map((note) => (
        <p key={note} className={styles.note}>
          <Icon name="info" size={14} /> {note}
        </p>
      ))}
      <Part title="What this trainer cannot carry">
        {losses.length === 0 ? <Fine>Nothing: every row arrives whole.</Fine> : <Losses losses={losses} />}
      </Part>
      <Part title="Secrets and personal data">
        {findings.length === 0 ? <Fine>Nothing found.</Fine> : <Findings findings={findings} masked={options.mask} />}
      </Part>
      {options.split === 0 ? undefined : (
        <Part title="Near-duplicates across the split">
          {nearDuplicates.length === 0 ? (
            <Fine>None: the test set repeats nothing of the training set.</Fine>
          ) : (
            <Duplicates found={nearDuplicates} />
          )}
        </Part>
      )}
      {sample[0] === undefined ? undefined : (
        <Part title="The first row">
          <div className={styles.sample}>
            <JsonView node={nodeOf(sample[0])} label="The first row" />
          </div>
        </Part>
      )}
    </div>
  );
}

export function Losses({ losses }: { readonly losses: readonly Loss[] }): JSX.Element {
  return (
    <ul className={styles.list}>
      {losses.map(({ what, rows, effect }) => (
        <li key={`${effect} ${what}`}>
          <span className={styles.what}>{what}</span>
          <span className={styles.how}>
            {effectNames[effect]} · {counted(rows, 'row')}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function Findings({
  findings,
  masked,
}: {
  readonly findings: readonly ScanFinding[];
  readonly masked: boolean;
}): JSX.Element {
  return (
    <>
      <ul className={styles.list}>
        {findings.map(({ rule, kind, count, rows, examples }) => (
          <li key={rule}>
            <span className={styles.what}>
              {rule}{' '}
              <Badge tone={kind === 'secret' ? 'warn' : 'neutral'}>{kind === 'secret' ? 'secret' : 'personal'}</Badge>
            </span>
            <span className={styles.how}>
              {counted(count, 'place')} in {counted(rows, 'row')}
              {examples.slice(0, 2).map((example) => (
                <code key={example} className={styles.example}>
                  {example}
                </code>
              ))}
            </span>
          </li>
        ))}
      </ul>
      <p className={masked ? styles.quiet : styles.warning}>
        {masked ? (
          'Masked in the files; the workspace keeps what it has.'
        ) : (
          <>
            <Icon name="warn" size={14} /> Masking is off: these go into the files as they are.
          </>
        )}
      </p>
    </>
  );
}

function Duplicates({ found }: { readonly found: ExportPlan['nearDuplicates'] }): JSX.Element {
  return (
    <Fold
      label={
        <span className={styles.warning}>
          <Icon name="warn" size={14} /> {counted(found.length, 'test row')} all but repeat a training row
        </span>
      }
    >
      <ul className={styles.list}>
        {found.slice(0, 20).map(({ train, test, similarity }) => (
          <li key={`${train} ${test}`}>
            <span className={styles.what}>{Math.round(similarity * 100)} % alike</span>
            <span className={styles.how}>
              <code>{test}</code> and <code>{train}</code>
            </span>
          </li>
        ))}
      </ul>
      {found.length > 20 ? <p className={styles.quiet}>{(found.length - 20).toLocaleString()} more.</p> : undefined}
    </Fold>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }): JSX.Element {
  return (
    <section className={styles.part}>
      <h3 className={styles.title}>{title}</h3>
      {children}
    </section>
  );
}

function Fine({ children }: { readonly children: string }): JSX.Element {
  return (
    <p className={styles.fine}>
      <Icon name="check" size={14} /> {children}
    </p>
  );
}
