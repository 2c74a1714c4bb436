// How far the import is, and what came of it.
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Job } from '#contract/job';
import type { ImportSummary } from '#contract/import';
import { useApi } from '../../lib/api.tsx';
import { useJob } from '../../lib/jobs.tsx';
import { problemOf } from '../../lib/problem.ts';
import { useGo } from '../../lib/route.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Progress } from '../../ui/progress.tsx';
import { isSummaries, sentenceOf, sumOf } from './import-words.ts';
import { ImportTable } from './import-table.tsx';
import { Trouble } from './trouble.tsx';
import css from './import-progress.module.css';

export interface ImportProgressProps {
  readonly jobIds: readonly string[];
  readonly onRejects: (importId: string) => void;
  readonly onMore: () => void;
  readonly onClose: () => void;
}

export function ImportProgress({ jobIds, onRejects, onMore, onClose }: ImportProgressProps): ReactNode {
  return (
    <div className={css.progress}>
      <Gathered jobIds={jobIds} jobs={[]} onRejects={onRejects} onMore={onMore} onClose={onClose} />
    </div>
  );
}

/** Follows one job after the other: each has its own hook. */
function Gathered({
  jobIds,
  jobs,
  ...rest
}: ImportProgressProps & { readonly jobs: readonly (Job | undefined)[] }): ReactNode {
  const [id, ...others] = jobIds;
  const job = useJob(id);
  if (id === undefined) return <Jobs jobs={jobs} {...rest} />;
  return <Gathered key={id} jobIds={others} jobs={[...jobs, job]} {...rest} />;
}

function Jobs({
  jobs,
  onRejects,
  onMore,
  onClose,
}: Omit<ImportProgressProps, 'jobIds'> & { readonly jobs: readonly (Job | undefined)[] }): ReactNode {
  const go = useGo();
  const known = jobs.filter((job) => job !== undefined);
  const isRunning = known.length < jobs.length || known.some((job) => job.state === 'running');
  const summaries = known.flatMap((job) => (isSummaries(job.result) ? job.result : []));
  const show = (): void => {
    const [only, ...others] = summaries;
    go(only !== undefined && others.length === 0 ? { view: 'traces', importId: only.id } : { view: 'traces' });
    onClose();
  };
  return (
    <>
      {known
        .filter((job) => job.state === 'running')
        .map((job) => (
          <RunningJob key={job.id} job={job} />
        ))}
      {known.length < jobs.length ? <p className={css.waiting}>Starting…</p> : undefined}
      {known.map((job) => (job.problem === undefined ? undefined : <FailedJob key={job.id} job={job} />))}
      {isRunning ? undefined : (
        <Outcome summaries={summaries} cancelled={known.some((job) => job.state === 'cancelled')} />
      )}
      {summaries.length === 0 ? undefined : <ImportTable summaries={summaries} onRejects={onRejects} />}
      <div className={css.foot}>
        {isRunning ? (
          <>
            <span className={css.note}>It goes on when you close this; the status bar shows how far it is.</span>
            <Button onClick={onClose}>Continue in the background</Button>
          </>
        ) : (
          <>
            <Button look="quiet" icon="plus" onClick={onMore}>
              Import more
            </Button>
            <span className={css.gap} />
            <Button onClick={onClose}>Close</Button>
            {summaries.some(({ traces }) => traces > 0) ? (
              <Button look="main" icon="traces" onClick={show}>
                Show the traces
              </Button>
            ) : undefined}
          </>
        )}
      </div>
    </>
  );
}

function RunningJob({ job }: { readonly job: Job }): ReactNode {
  const { client } = useApi();
  const cancel = useMutation({ mutationFn: () => client.jobs.cancel({ id: job.id }) });
  return (
    <div className={css.job}>
      <div className={css.jobText}>
        <p className={css.jobTitle}>{job.title}</p>
        <Progress value={job.progress} label={job.title} />
        <p className={css.note}>
          {job.message ?? 'Starting…'}
          {job.progress === undefined ? '' : `, ${Math.floor(job.progress * 100)} %`}
        </p>
      </div>
      <Button busy={cancel.isPending || cancel.isSuccess} onClick={() => cancel.mutate()}>
        Cancel
      </Button>
      {cancel.isError ? <Trouble problem={problemOf(cancel.error)} /> : undefined}
    </div>
  );
}

function FailedJob({ job }: { readonly job: Job }): ReactNode {
  if (job.problem === undefined) return undefined;
  const { code, message, hint } = job.problem;
  return <Trouble problem={{ code, sentence: message, ...(hint === undefined ? {} : { hint }) }} />;
}

function Outcome({
  summaries,
  cancelled,
}: {
  readonly summaries: readonly ImportSummary[];
  readonly cancelled: boolean;
}): ReactNode {
  if (summaries.length === 0)
    return cancelled ? <p className={css.waiting}>Cancelled. What was read before stays.</p> : undefined;
  const counts = sumOf(summaries);
  const isWhole = counts.rejected === 0 && !cancelled;
  return (
    <p className={css.outcome} role="status">
      <span className={isWhole ? css.good : css.partly}>
        <Icon name={isWhole ? 'ok' : 'warn'} />
      </span>
      <span>
        {cancelled ? 'Cancelled; what was read before stays. ' : ''}
        {sentenceOf(counts)}
        {counts.rejected === 0 ? '' : ` ${counts.rejected.toLocaleString()} set aside.`}
      </span>
    </p>
  );
}
