// Imports with their figures, one file a row.
import type { ReactNode } from 'react';
import type { ImportSummary } from '#contract/import';
import { formatNames } from '#contract/trace';
import { counted, shortBytes, shortCount } from '../../lib/format.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { nameOf } from './import-words.ts';
import css from './import-table.module.css';

export interface ImportTableProps {
  readonly summaries: readonly ImportSummary[];
  readonly onRejects: (importId: string) => void;
  /** Makes the file's name a button. */
  readonly onTraces?: (importId: string) => void;
  /** Shows when each was. */
  readonly showsTime?: boolean;
}

const states: Readonly<Record<ImportSummary['state'], { readonly icon: IconName; readonly label: string }>> = {
  running: { icon: 'clock', label: 'Running' },
  done: { icon: 'ok', label: 'Done' },
  cancelled: { icon: 'stop', label: 'Cancelled' },
  failed: { icon: 'error', label: 'Failed' },
};

export function ImportTable({ summaries, onRejects, onTraces, showsTime = false }: ImportTableProps): ReactNode {
  return (
    // A table that is wider than the dialog scrolls; the focus must be able to get there.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={css.scroller} tabIndex={0} role="region" aria-label="Imports">
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" className={css.figure}>
              Traces
            </th>
            <th scope="col" className={css.figure}>
              New traces
            </th>
            <th scope="col" className={css.figure}>
              Messages
            </th>
            <th scope="col" className={css.figure}>
              Turns
            </th>
            <th scope="col" className={css.figure}>
              New turns
            </th>
            <th scope="col" className={css.figure}>
              Set aside
            </th>
            {showsTime ? (
              <th scope="col" className={css.figure}>
                When
              </th>
            ) : undefined}
          </tr>
        </thead>
        <tbody>
          {summaries.map((summary) => (
            <tr key={summary.id}>
              <th scope="row">
                <FileCell summary={summary} onTraces={onTraces} />
              </th>
              <Figure count={summary.traces} />
              <Figure count={summary.newTraces} />
              <Figure count={summary.messages} />
              <Figure count={summary.turns} />
              <Figure count={summary.newTurns} />
              <td className={css.figure}>
                {summary.rejected === 0 ? (
                  '0'
                ) : (
                  <button
                    type="button"
                    className={css.link}
                    aria-label={`Show ${counted(summary.rejected, 'record')} set aside`}
                    onClick={() => onRejects(summary.id)}
                  >
                    {summary.rejected.toLocaleString()}
                  </button>
                )}
              </td>
              {showsTime ? (
                <td className={css.figure}>
                  <RelativeTime at={summary.startedAt} />
                </td>
              ) : undefined}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FileCell({
  summary,
  onTraces,
}: {
  readonly summary: ImportSummary;
  readonly onTraces: ImportTableProps['onTraces'];
}): ReactNode {
  return (
    <div className={css.file}>
      <span className={css.state} data-state={summary.state}>
        <Icon name={states[summary.state].icon} size={14} label={states[summary.state].label} />
      </span>
      <span className={css.name}>
        {onTraces === undefined || summary.traces === 0 ? (
          <span className={css.path} title={summary.file}>
            {nameOf(summary.file)}
          </span>
        ) : (
          <button type="button" className={css.link} title={summary.file} onClick={() => onTraces(summary.id)}>
            {nameOf(summary.file)}
          </button>
        )}
        <span className={css.what}>
          {summary.format === undefined ? '' : `${formatNames[summary.format]}, `}
          {shortBytes(summary.bytes)}
        </span>
        {summary.problem === undefined ? undefined : <span className={css.problem}>{summary.problem}</span>}
      </span>
    </div>
  );
}

function Figure({ count }: { readonly count: number }): ReactNode {
  return (
    <td className={css.figure} title={count.toLocaleString()}>
      {shortCount(count)}
    </td>
  );
}
