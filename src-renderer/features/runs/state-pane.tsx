// The state after the selected step, and what that step changed in it.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { placeWords } from './journal-words.ts';
import { StateTree } from './state-tree.tsx';
import type { StepRow } from './view.ts';
import css from './state-pane.module.css';

export interface StatePaneProps {
  readonly runId: string;
  readonly step: StepRow | undefined;
  readonly onFork: () => void;
}

/** While steps go by, the state is asked for once in this time, ms. */
const paceMs = 150;

export function StatePane({ runId, step, onFork }: StatePaneProps): JSX.Element {
  const { query } = useApi();
  const [onlyChanges, setOnlyChanges] = useState(false);
  const settled = useSettled(step, paceMs) ?? step;
  const state = useQuery({
    ...query.runs.state.queryOptions({
      input: { id: runId, scope: settled?.scope ?? '', step: settled?.step ?? 0 },
      gcTime: 30_000,
    }),
    enabled: settled !== undefined,
    placeholderData: keepPreviousData,
    // A step that was made does not change.
    meta: { live: false },
  });
  if (step === undefined) {
    return (
      <EmptyState icon="rows" title="No state yet">
        Select a step to see the state after it.
      </EmptyState>
    );
  }
  const { data } = state;
  // The heading is that of what is shown, which may be on its way to the selected step.
  const shown = data ?? step;
  const where = shown.scope === '' ? '' : ` of ${placeWords(shown.scope)}`;
  return (
    <section className={css.pane} aria-label="State">
      <header className={css.head}>
        <h2 className={css.title}>{`State after step ${shown.step}${where}`}</h2>
        <Checkbox checked={onlyChanges} onChange={setOnlyChanges}>
          Only changes
        </Checkbox>
        <Button
          icon="branch"
          keys="F"
          disabled={step.scope !== ''}
          title={step.scope === '' ? 'Start a run from here' : 'A fork begins at a step of the run itself'}
          onClick={onFork}
        >
          Fork
        </Button>
      </header>
      <div className={css.body}>
        {state.error !== null ? (
          <ErrorState
            title="The state cannot be shown."
            problem={problemOf(state.error)}
            onRetry={() => void state.refetch()}
          />
        ) : data === undefined ? (
          <SkeletonRows rows={6} height={24} label="The state is loading" />
        ) : (
          <StateTree before={data.before} after={data.state} label="State" onlyChanges={onlyChanges} />
        )}
      </div>
    </section>
  );
}
