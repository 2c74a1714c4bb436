// Exporting a version: for which trainer, split how, and what will be lost or was found, shown before anything is written.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import type { DatasetVersion, ExportOptions } from '#contract/dataset';
import { useApi } from '../../lib/api.tsx';
import { useJob } from '../../lib/jobs.tsx';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { takeFocus } from '../../lib/take-focus.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Progress } from '../../ui/progress.tsx';
import styles from './export-dialog.module.css';
import { ExportFields } from './export-fields.tsx';
import { ExportResult } from './export-result.tsx';
import { exportSummaryOf } from './export-summary.ts';
import { PlanView } from './plan-view.tsx';
import { targetInfo } from './words.ts';

export interface ExportDialogProps {
  readonly name: string;
  readonly version: DatasetVersion;
  readonly onClose: () => void;
}

const usual: ExportOptions = { target: 'trl-dpo', format: 'jsonl', split: 0.1, seed: 1, mask: true };

export function ExportDialog({ name, version, onClose }: ExportDialogProps): JSX.Element {
  const { client, query } = useApi();
  const [options, setOptions] = useState(usual);
  const [jobId, setJobId] = useState<string>();
  const [picking, setPicking] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const { hash } = version;
  const plan = useQuery({
    ...query.datasets.plan.queryOptions({ input: { hash, options } }),
    placeholderData: keepPreviousData,
    // A version never changes, so neither does its plan.
    meta: { live: false },
  });
  const job = useJob(jobId);
  const running = job?.state === 'running' || (jobId !== undefined && job === undefined);
  const summary = job?.state === 'done' ? exportSummaryOf(job.result) : undefined;
  const failure = job?.problem === undefined ? problem : { ...job.problem, sentence: job.problem.message };
  const rows = plan.data?.rows ?? 0;

  const start = async (): Promise<void> => {
    setProblem(undefined);
    setPicking(true);
    try {
      const started = await client.datasets.export({ hash, options });
      if (started !== undefined) setJobId(started.jobId);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setPicking(false);
    }
  };
  const cancel = (): void => {
    if (jobId !== undefined) client.jobs.cancel({ id: jobId }).catch((error: unknown) => setProblem(problemOf(error)));
  };
  const again = (): void => setJobId(undefined);
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      width="wide"
      title={summary === undefined ? `Export ${name}, version ${String(version.number)}` : 'Written and checked'}
      description={
        summary === undefined
          ? 'Nothing is written before you choose a folder. The files go into a folder of their own inside it.'
          : undefined
      }
      footer={
        <>
          {failure === undefined ? undefined : (
            <p className={styles.problem} role="alert">
              {failure.sentence} {failure.hint}
            </p>
          )}
          {running ? (
            <>
              <Button ref={takeFocus} onClick={onClose}>
                Go on in the background
              </Button>
              <Button icon="stop" onClick={cancel}>
                Cancel
              </Button>
            </>
          ) : summary === undefined ? (
            <>
              <Button onClick={onClose}>Close</Button>
              <Button
                look="main"
                icon="export"
                disabled={plan.data === undefined || plan.isPlaceholderData || rows === 0}
                busy={picking}
                onClick={() => void start()}
              >
                Choose a folder and export
              </Button>
            </>
          ) : (
            <>
              <Button onClick={again}>Export for another trainer</Button>
              <Button look="main" ref={takeFocus} onClick={onClose}>
                Done
              </Button>
            </>
          )}
        </>
      }
    >
      {summary === undefined ? (
        <div className={styles.parts}>
          <ExportFields options={options} onChange={setOptions} disabled={running} />
          {running ? (
            <div className={styles.running}>
              <Progress value={job?.progress} label="Exporting" />
              <p role="status">{job?.message ?? 'Starting'}</p>
            </div>
          ) : (
            <PlanView
              plan={plan.data}
              stale={plan.isPlaceholderData}
              problem={plan.error === null ? undefined : problemOf(plan.error)}
              options={options}
              onRetry={() => void plan.refetch()}
            />
          )}
        </div>
      ) : (
        <ExportResult summary={summary} target={targetInfo(summary.target).name} />
      )}
    </Dialog>
  );
}
