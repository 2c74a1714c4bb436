// Picks the run to compare with: the one it came from and its forks first, then others of the agent.
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { RunDetail, RunSummary } from '#contract/run';
import { useApi } from '../../lib/api.tsx';
import { counted } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { StatusMark } from './status-mark.tsx';
import { runTitle } from './words.ts';
import css from './compare-dialog.module.css';

export interface CompareDialogProps {
  readonly detail: RunDetail;
  readonly onPick: (id: string) => void;
  readonly onClose: () => void;
}

const most = 50;

export function CompareDialog({ detail, onPick, onClose }: CompareDialogProps): JSX.Element {
  const { query } = useApi();
  const { run, children } = detail;
  const recent = useQuery(query.runs.list.queryOptions({ input: { filter: { agent: run.agent }, limit: most } }));
  const parentId = run.origin?.run;
  const parent = useQuery({
    ...query.runs.get.queryOptions({ input: { id: parentId ?? '' } }),
    enabled: parentId !== undefined,
  });
  const known = new Map<string, RunSummary>();
  const kin = [...(parent.data === undefined ? [] : [parent.data.run]), ...children];
  for (const one of [...kin, ...(recent.data?.items ?? [])]) if (one.id !== run.id) known.set(one.id, one);
  const kinIds = new Set(kin.map(({ id }) => id));
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Compare with which run?"
      description="The two stand side by side, with the first step in which they differ."
    >
      {recent.error !== null ? (
        <ProblemNote title="The runs cannot be listed." problem={problemOf(recent.error)} />
      ) : recent.data === undefined ? (
        <SkeletonRows rows={5} height={40} label="Runs are loading" />
      ) : known.size === 0 ? (
        <p>There is no other run of {run.agent} yet. Fork this one, replay it or start another.</p>
      ) : (
        <ul className={css.list}>
          {[...known.values()].map((one) => (
            <li key={one.id}>
              <button type="button" className={css.run} onClick={() => onPick(one.id)}>
                <StatusMark status={one.status} />
                <span className={css.title}>{shownText(runTitle(one))}</span>
                <span className={css.about}>
                  {kinIds.has(one.id)
                    ? one.id === parentId
                      ? 'came from it · '
                      : `${one.origin?.kind ?? 'fork'} of it · `
                    : ''}
                  {counted(one.step, 'step')} · <RelativeTime at={one.createdAt} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
