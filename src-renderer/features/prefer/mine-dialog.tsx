// Finding pairs: which kinds to look for, how far it is, what came of it and what was left out.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type JSX } from 'react';
import { z } from 'zod';
import { pairKindSchema, type MineSummary, type PairKind } from '#contract/pair';
import { useApi } from '../../lib/api.tsx';
import { counted } from '../../lib/format.ts';
import { useJob } from '../../lib/jobs.tsx';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { takeFocus } from '../../lib/take-focus.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Progress } from '../../ui/progress.tsx';
import styles from './mine-dialog.module.css';
import { kindHelp, kindNames } from './queue-words.ts';

export interface MineDialogProps {
  readonly onClose: () => void;
  /** New pairs are there. */
  readonly onFound: () => void;
}

/** Imported preferences are pairs from the moment they came in; mining finds the others. */
const mined: readonly PairKind[] = ['sibling', 'outcome'];

const summarySchema: z.ZodType<MineSummary> = z.object({
  pairs: z.number(),
  new: z.number(),
  byKind: z.partialRecord(pairKindSchema, z.number()),
  leftOut: z.array(z.object({ why: z.string(), count: z.number() })),
});

export function MineDialog({ onClose, onFound }: MineDialogProps): JSX.Element {
  const { client, query } = useApi();
  const queries = useQueryClient();
  const [kinds, setKinds] = useState<readonly PairKind[]>(mined);
  const [jobId, setJobId] = useState<string>();
  const [problem, setProblem] = useState<ShownProblem>();
  const job = useJob(jobId);
  const done = job?.state === 'done';
  useEffect(() => {
    if (!done) return;
    void queries.invalidateQueries({ queryKey: query.pairs.key() });
    onFound();
  }, [done, queries, query, onFound]);

  const start = async (): Promise<void> => {
    setProblem(undefined);
    try {
      setJobId((await client.pairs.mine({ kinds: [...kinds] })).jobId);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const stop = (): void => {
    if (jobId !== undefined) client.jobs.cancel({ id: jobId }).catch((error: unknown) => setProblem(problemOf(error)));
  };
  const running = job?.state === 'running' || (jobId !== undefined && job === undefined);
  const failure = job?.problem === undefined ? problem : { ...job.problem, sentence: job.problem.message };
  const summary = done ? summarySchema.safeParse(job.result).data : undefined;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Find pairs"
      description="Looks through all traces for two branches that answer the same thing. No pair is made twice."
      footer={
        running ? (
          <>
            <Button ref={takeFocus} onClick={onClose}>
              Go on in the background
            </Button>
            <Button icon="stop" onClick={stop}>
              Cancel
            </Button>
          </>
        ) : summary === undefined ? (
          <>
            <Button onClick={onClose}>Close</Button>
            <Button look="main" icon="search" disabled={kinds.length === 0} onClick={() => void start()}>
              {failure === undefined ? 'Find pairs' : 'Try again'}
            </Button>
          </>
        ) : (
          <Button look="main" ref={takeFocus} onClick={onClose}>
            {summary.new > 0 ? 'Start labelling' : 'Close'}
          </Button>
        )
      }
    >
      {summary === undefined ? (
        <div className={styles.kinds}>
          {mined.map((kind) => (
            <div key={kind}>
              <Checkbox
                checked={kinds.includes(kind)}
                disabled={running}
                onChange={(on) => setKinds(on ? [...kinds, kind] : kinds.filter((known) => known !== kind))}
              >
                {kindNames[kind]}
              </Checkbox>
              <p className={styles.help}>{kindHelp[kind]}</p>
            </div>
          ))}
        </div>
      ) : (
        <Summary summary={summary} />
      )}
      {running ? (
        <div className={styles.running}>
          <Progress value={job?.progress} label="Finding pairs" />
          <p className={styles.help} role="status">
            {job?.message ?? 'Starting'}
          </p>
        </div>
      ) : undefined}
      {job?.state === 'cancelled' ? <p role="status">Cancelled. Pairs found until then are kept.</p> : undefined}
      {failure === undefined ? undefined : (
        <p className={styles.problem} role="alert">
          {failure.sentence} {failure.hint}
        </p>
      )}
    </Dialog>
  );
}

function Summary({ summary }: { readonly summary: MineSummary }): JSX.Element {
  const kinds = Object.entries(summary.byKind).filter(([, count]) => count > 0);
  return (
    <div className={styles.summary} role="status">
      <p className={styles.found}>
        {summary.new === 0
          ? summary.pairs === 0
            ? 'No pairs found.'
            : `Nothing new: all ${counted(summary.pairs, 'pair')} were there already.`
          : `${counted(summary.new, 'new pair')}, ${counted(summary.pairs, 'pair')} in all.`}
      </p>
      {kinds.length === 0 ? undefined : (
        <dl className={styles.figures}>
          {kinds.map(([kind, count]) => (
            <div key={kind}>
              <dt>{kindNames[pairKindSchema.parse(kind)]}</dt>
              <dd>{count.toLocaleString()}</dd>
            </div>
          ))}
        </dl>
      )}
      {summary.leftOut.length === 0 ? undefined : (
        <>
          <h3 className={styles.heading}>Left out</h3>
          <dl className={styles.figures}>
            {summary.leftOut.map(({ why, count }) => (
              <div key={why}>
                <dt>{why}</dt>
                <dd>{count.toLocaleString()}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {summary.pairs === 0 ? (
        <p className={styles.help}>
          Pairs need either two answers to the same turn, or several runs of one task with different scores. Import logs
          that have them, or a file of preferences.
        </p>
      ) : undefined}
    </div>
  );
}
