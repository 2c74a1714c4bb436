// The records of an import that were set aside: where, why, what to do, and how each begins.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useApi } from '../../lib/api.tsx';
import { counted } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Fold } from '../../ui/transcript/fold.tsx';
import { nameOf } from './import-words.ts';
import css from './rejects-report.module.css';

const pageSize = 50;

export function RejectsReport({
  importId,
  onBack,
}: {
  readonly importId: string;
  readonly onBack: () => void;
}): ReactNode {
  const { query } = useApi();
  const [page, setPage] = useState(0);
  const imports = useQuery(query.imports.list.queryOptions());
  const rejects = useQuery({
    ...query.imports.rejects.queryOptions({ input: { importId, page: { offset: page * pageSize, limit: pageSize } } }),
    placeholderData: keepPreviousData,
  });
  const summary = imports.data?.find(({ id }) => id === importId);
  if (rejects.isError) {
    return (
      <ErrorState
        title="The report cannot be shown."
        problem={problemOf(rejects.error)}
        onRetry={() => void rejects.refetch()}
        actions={<Button onClick={onBack}>Back</Button>}
      />
    );
  }
  const { items = [], total = 0 } = rejects.data ?? {};
  const last = Math.min(total, (page + 1) * pageSize);
  const count = summary?.rejected ?? total;
  return (
    <div className={css.report}>
      <p className={css.lead}>
        {counted(count, 'record')} of <strong title={summary?.file}>{nameOf(summary?.file ?? 'the file')}</strong>{' '}
        {count === 1 ? 'was' : 'were'} not taken; all others were. Mend the file and import it again: what is there
        already is not doubled.
        {count > total && rejects.isSuccess ? ` The first ${total.toLocaleString()} are listed.` : ''}
      </p>
      {rejects.data === undefined ? (
        <SkeletonRows rows={6} height={52} label="The report is loading" />
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={css.scroller} tabIndex={0} role="region" aria-label="Records set aside">
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col" className={css.line}>
                  Line
                </th>
                <th scope="col">Cause</th>
              </tr>
            </thead>
            <tbody>
              {items.map((reject) => (
                <tr key={`${reject.file} ${reject.byteStart} ${reject.cause}`}>
                  <td
                    className={css.line}
                    title={`${reject.file}, bytes ${reject.byteStart.toLocaleString()} to ${reject.byteEnd.toLocaleString()}`}
                  >
                    {reject.line.toLocaleString()}
                  </td>
                  <td className={css.what}>
                    <p>{reject.cause}</p>
                    {reject.hint === undefined ? undefined : <p className={css.hint}>{reject.hint}</p>}
                    {reject.excerpt === '' ? undefined : (
                      <Fold label="Excerpt" note={<code className={css.begin}>{reject.excerpt.slice(0, 120)}</code>}>
                        <pre className={css.excerpt}>{reject.excerpt}</pre>
                      </Fold>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className={css.foot}>
        <Button look="quiet" icon="chevronLeft" onClick={onBack}>
          Back
        </Button>
        <span className={css.gap} />
        {total > pageSize ? (
          <>
            <span className={css.range}>
              {(page * pageSize + 1).toLocaleString()} to {last.toLocaleString()} of {total.toLocaleString()}
            </span>
            <IconButton
              icon="chevronLeft"
              label="The records before"
              disabled={page === 0}
              onClick={() => setPage(page - 1)}
            />
            <IconButton
              icon="chevronRight"
              label="More records"
              disabled={last >= total}
              onClick={() => setPage(page + 1)}
            />
          </>
        ) : undefined}
      </div>
    </div>
  );
}
