// Two runs side by side: their steps in line, the first divergence marked, and how their states differ there.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type JSX } from 'react';
import type { RunComparison, RunSummary } from '#contract/run';
import { useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { counted } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Split } from '../../ui/split.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { comparedSteps, type ComparedStep } from './compare-steps.ts';
import type { RunFeed } from './feed.ts';
import { StateTree } from './state-tree.tsx';
import { StatusBadge } from './status-mark.tsx';
import { useRunFeed, useVersion } from './use-feed.ts';
import type { StepRow } from './view.ts';
import { runTitle } from './words.ts';
import css from './compare-main.module.css';

export interface CompareMainProps {
  readonly one: string;
  readonly two: string;
  readonly onOpen: (id: string) => void;
  readonly onClose: () => void;
}

export function CompareMain({ one, two, onOpen, onClose }: CompareMainProps): JSX.Element {
  const { query } = useApi();
  const [oneFeed, twoFeed] = [useRunFeed(one), useRunFeed(two)];
  const compared = useQuery(query.runs.compare.queryOptions({ input: { one, two } }));
  useAction({ id: 'compare.close', title: 'Stop comparing', section: 'Run', keys: 'Escape', run: onClose });
  if (compared.error !== null) {
    return (
      <ErrorState
        title="The runs cannot be compared."
        problem={problemOf(compared.error)}
        onRetry={() => void compared.refetch()}
        actions={<Button onClick={onClose}>Back to the run</Button>}
      />
    );
  }
  if (compared.data === undefined) return <SkeletonRows rows={10} height={36} label="The runs are compared" />;
  return (
    <div className={css.main}>
      <header className={css.head}>
        <IconButton icon="chevronLeft" label="Stop comparing" keys="Escape" onClick={onClose} />
        <Side run={compared.data.one} name="A" onOpen={onOpen} />
        <Side run={compared.data.two} name="B" onOpen={onOpen} />
      </header>
      <Verdict comparison={compared.data} />
      <Split
        id="runs-compare"
        direction="rows"
        label="Height of the steps"
        first={<Steps comparison={compared.data} one={oneFeed} two={twoFeed} />}
        second={<Difference comparison={compared.data} />}
      />
    </div>
  );
}

function Side({
  run,
  name,
  onOpen,
}: {
  readonly run: RunSummary;
  readonly name: string;
  readonly onOpen: (id: string) => void;
}): JSX.Element {
  return (
    <div className={css.side}>
      <span className={css.letter}>{name}</span>
      <StatusBadge status={run.status} />
      <span className={css.title} title={run.title}>
        {shownText(runTitle(run))}
      </span>
      <Button look="quiet" icon="jump" aria-label={`Open run ${name}`} onClick={() => onOpen(run.id)} />
    </div>
  );
}

function Verdict({ comparison }: { readonly comparison: RunComparison }): JSX.Element {
  const { divergence, sharedSteps } = comparison;
  return (
    <p className={css.verdict} role="status">
      <Icon name={divergence === undefined ? 'check' : 'diff'} />
      {divergence === undefined
        ? `No difference in ${counted(sharedSteps, 'step')}: one is the beginning of the other, or they are equal.`
        : `${counted(sharedSteps, 'step')} alike, then step ${divergence.step}: ${divergence.sentence}`}
    </p>
  );
}

function Steps({
  comparison,
  one,
  two,
}: {
  readonly comparison: RunComparison;
  readonly one: RunFeed;
  readonly two: RunFeed;
}): JSX.Element {
  const first = comparison.divergence?.step;
  const [oneVersion, twoVersion] = [useVersion(one, 'steps'), useVersion(two, 'steps')];
  const [active, setActive] = useState<number>();
  const rows = useMemo(
    () => comparedSteps(one.view.steps, two.view.steps, first),
    // The steps grow in place; their versions say when.
    // oxlint-disable-next-line react/exhaustive-deps
    [one, two, first, oneVersion, twoVersion],
  );
  if (rows.length === 0) return <SkeletonRows rows={8} height={28} label="Steps are loading" />;
  const drawRow = (index: number): JSX.Element | undefined => {
    const row = rows[index];
    return row === undefined ? undefined : <Row row={row} />;
  };
  return (
    <VirtualList
      label="Steps of both runs"
      count={rows.length}
      rowHeight={28}
      active={active ?? (first === undefined || first >= rows.length ? undefined : first)}
      onActive={setActive}
      row={drawRow}
    />
  );
}

function Row({ row }: { readonly row: ComparedStep }): JSX.Element {
  return (
    <div className={css.row} data-place={row.place}>
      <span className={css.number}>
        {row.place === 'first' ? <Icon name="diff" size={14} label="First divergence" /> : undefined}
        {row.step}
      </span>
      <Cell step={row.one} />
      <Cell step={row.two} />
    </div>
  );
}

function Cell({ step }: { readonly step: StepRow | undefined }): JSX.Element {
  if (step === undefined) return <span className={css.none}>not reached</span>;
  const ran = step.step === 0 ? 'start' : step.nodes.join(', ');
  return (
    <span className={css.cell} title={`${ran}; changed ${step.changed.join(', ')}`}>
      {ran}
      <span className={css.changed}>{step.changed.join(', ')}</span>
    </span>
  );
}

function Difference({ comparison }: { readonly comparison: RunComparison }): JSX.Element {
  const [onlyChanges, setOnlyChanges] = useState(true);
  const { divergence } = comparison;
  if (divergence === undefined) {
    return (
      <EmptyState icon="check" title="Nothing differs">
        Both runs did the same as far as both went.
      </EmptyState>
    );
  }
  return (
    <section className={css.difference} aria-label="Difference of the states">
      <header className={css.tools}>
        <h2 className={css.name}>States after step {divergence.step}, from A to B</h2>
        <Checkbox checked={onlyChanges} onChange={setOnlyChanges}>
          Only what differs
        </Checkbox>
      </header>
      <div className={css.tree}>
        <StateTree
          before={divergence.stateOne}
          after={divergence.stateTwo}
          label="States"
          onlyChanges={onlyChanges}
          names={['A', 'B']}
        />
      </div>
    </section>
  );
}
