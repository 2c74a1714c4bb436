// What runs in the background: a line in the status bar, all of it in a popover, and a word when it ends.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Job } from '#contract/job';
import { useApi } from '../lib/api.tsx';
import { useJobBook } from '../lib/jobs.tsx';
import { problemOf } from '../lib/problem.ts';
import { useToast } from '../lib/toasts.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Popover } from '../ui/popover.tsx';
import { Progress } from '../ui/progress.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import styles from './job-indicator.module.css';

const stateIcons: Readonly<Record<Job['state'], IconName>> = {
  running: 'clock',
  done: 'ok',
  cancelled: 'stop',
  failed: 'error',
};
const stateNames: Readonly<Record<Job['state'], string>> = {
  running: 'Running',
  done: 'Done',
  cancelled: 'Cancelled',
  failed: 'Failed',
};
const shownMost = 20;

export function JobIndicator(): ReactNode {
  const { jobs } = useJobBook();
  const [isOpen, setOpen] = useState(false);
  useJobToasts(isOpen);
  const running = jobs.filter((job) => job.state === 'running');
  const [first] = running;
  return (
    <Popover
      label="Background jobs"
      open={isOpen}
      onOpenChange={setOpen}
      side="top"
      align="end"
      className={styles['panel'] ?? ''}
      trigger={
        <button type="button" className={styles['trigger']} data-testid="jobs">
          {first === undefined ? <Idle jobs={jobs} /> : <Running job={first} more={running.length - 1} />}
        </button>
      }
    >
      <h2 className={styles['heading']}>Background jobs</h2>
      {jobs.length === 0 ? (
        <p className={styles['note']}>Imports, mining and exports show here while they run.</p>
      ) : (
        <ul className={styles['jobs']}>
          {jobs.slice(0, shownMost).map((job) => (
            <JobLine key={job.id} job={job} />
          ))}
        </ul>
      )}
    </Popover>
  );
}

function Idle({ jobs }: { readonly jobs: readonly Job[] }): ReactNode {
  const failed = jobs[0]?.state === 'failed';
  return (
    <>
      <Icon name={failed ? 'error' : 'clock'} size={14} />
      {failed ? 'Job failed' : 'No jobs'}
    </>
  );
}

function Running({ job, more }: { readonly job: Job; readonly more: number }): ReactNode {
  return (
    <>
      <span className={styles['title']}>{job.title}</span>
      <span className={styles['bar']}>
        <Progress value={job.progress} label={job.title} />
      </span>
      {more > 0 && <span>+{more}</span>}
    </>
  );
}

function JobLine({ job }: { readonly job: Job }): ReactNode {
  const { client } = useApi();
  const toast = useToast();
  const cancel = useMutation({
    mutationFn: () => client.jobs.cancel({ id: job.id }),
    onError: (error) => toast({ text: `“${job.title}” could not be cancelled.`, problem: problemOf(error) }),
  });
  return (
    <li className={styles['job']} data-state={job.state}>
      <span className={styles['state']}>
        <Icon name={stateIcons[job.state]} label={stateNames[job.state]} />
      </span>
      <div className={styles['text']}>
        <div className={styles['jobTitle']}>{job.title}</div>
        {job.state === 'running' && <Progress value={job.progress} label={job.title} />}
        {job.message !== undefined && <p className={styles['note']}>{job.message}</p>}
        {job.problem?.hint !== undefined && <p className={styles['note']}>{job.problem.hint}</p>}
        {job.finishedAt !== undefined && (
          <p className={styles['when']}>
            <RelativeTime at={job.finishedAt} />
          </p>
        )}
      </div>
      {job.state === 'running' && (
        <IconButton
          icon="close"
          label={`Cancel ${job.title}`}
          small
          disabled={cancel.isPending}
          onClick={() => cancel.mutate()}
        />
      )}
    </li>
  );
}

/** Time for whoever started a job to take it over, ms. */
const takeOverMs = 300;

/** A word when a job ends that nobody follows on screen; `isListed`: the list of jobs is in sight and shows it. */
function useJobToasts(isListed: boolean): void {
  const { jobs, followed } = useJobBook();
  const toast = useToast();
  const seen = useRef(new Map<string, Job['state']>());
  useEffect(() => {
    for (const job of jobs) {
      const ended = seen.current.get(job.id) === 'running' && job.state !== 'running';
      seen.current.set(job.id, job.state);
      if (!ended || isListed || followed.has(job.id)) continue;
      setTimeout(() => {
        if (!followed.has(job.id)) toast(noticeOf(job));
      }, takeOverMs);
    }
  }, [jobs, followed, toast, isListed]);
}

function noticeOf(job: Job): Parameters<ReturnType<typeof useToast>>[0] {
  const text = `${job.title}: ${job.message ?? stateNames[job.state].toLowerCase()}`;
  if (job.problem === undefined) return { text };
  const { code, message, hint } = job.problem;
  const problem = { code, sentence: message, ...(hint === undefined ? {} : { hint }) };
  return { text: `${job.title} failed.`, problem };
}
