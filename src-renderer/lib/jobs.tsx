// Background jobs as the page sees them: one stream for all, followed by the status bar and by whoever started one.
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Job } from '#contract/job';
import { useApi } from './api.tsx';

interface JobBook {
  /** Newest first. */
  readonly jobs: readonly Job[];
  /** Ids that a component shows by itself, so that nothing else need announce them. */
  readonly followed: ReadonlySet<string>;
  readonly follow: (id: string) => () => void;
}

const JobContext = createContext<JobBook | undefined>(undefined);
const againMs = 50;
const againLaterMs = 1000;

export function JobProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const { client } = useApi();
  const [jobs, setJobs] = useState<readonly Job[]>([]);
  const [followed] = useState(() => new Set<string>());

  useEffect(() => {
    const stop = new AbortController();
    const watch = async (): Promise<void> => {
      const changes = await client.jobs.watch(undefined, { signal: stop.signal });
      setJobs(await client.jobs.list());
      for await (const job of changes) setJobs((known) => withJob(known, job));
    };
    const keepWatching = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        // The stream ends with its workspace; where none is open the shell says so.
        const wait = await watch().then(
          () => againMs,
          () => againLaterMs,
        );
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    };
    void keepWatching();
    return () => stop.abort();
  }, [client]);

  const value = useMemo<JobBook>(
    () => ({
      jobs,
      followed,
      follow: (id) => {
        followed.add(id);
        return () => followed.delete(id);
      },
    }),
    [jobs, followed],
  );
  return <JobContext value={value}>{children}</JobContext>;
}

/**
 * One job, as it goes. While it is mounted the shell does not announce this job's end by a toast: the caller shows it.
 */
export function useJob(id: string | undefined): Job | undefined {
  const { jobs, follow } = useJobBook();
  useEffect(() => (id === undefined ? undefined : follow(id)), [id, follow]);
  return jobs.find((job) => job.id === id);
}

export function useJobBook(): JobBook {
  const value = use(JobContext);
  if (value === undefined) throw new Error('Jobs need a JobProvider above them.');
  return value;
}

function withJob(known: readonly Job[], job: Job): readonly Job[] {
  const at = known.findIndex(({ id }) => id === job.id);
  return at === -1 ? [job, ...known] : known.with(at, job);
}
