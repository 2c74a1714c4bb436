// The steps of the run: number, what ran, how long, what changed. Newest last; the selection follows the end until it is moved.
import type { JSX } from 'react';
import { shortDuration } from '../../lib/format.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { depthOf } from './places.ts';
import { placeWords } from './journal-words.ts';
import { useFollowed } from './use-feed.ts';
import type { StepRow } from './view.ts';
import css from './step-list.module.css';

export interface StepListProps {
  /** Place of the selected step in the run's steps. */
  readonly selected: number | undefined;
  readonly onSelect: (index: number) => void;
  readonly onOpen: () => void;
}

export function StepList({ selected, onSelect, onOpen }: StepListProps): JSX.Element {
  const feed = useFollowed('steps');
  useFollowed('run');
  const { steps, status } = feed.view;
  if (steps.length === 0) {
    if (!feed.isRead) return <SkeletonRows rows={6} height={32} label="Steps are loading" />;
    return (
      <EmptyState icon="rows" title="No step yet">
        {status === 'paused' ? 'The run is paused before its first step.' : 'Steps appear here as the run makes them.'}
      </EmptyState>
    );
  }
  const drawRow = (index: number): JSX.Element | undefined => {
    const step = steps[index];
    return step === undefined ? undefined : <Row step={step} />;
  };
  return (
    <div className={css.steps}>
      <div className={css.columns} aria-hidden>
        <span className={css.number}>Step</span>
        <span>Ran</span>
        <span>Changed</span>
        <span className={css.end}>Time</span>
      </div>
      <div className={css.rows}>
        <VirtualList
          label="Steps"
          count={steps.length}
          rowHeight={28}
          active={selected}
          onActive={onSelect}
          onOpen={onOpen}
          row={drawRow}
        />
      </div>
    </div>
  );
}

function Row({ step }: { readonly step: StepRow }): JSX.Element {
  const depth = depthOf(step.scope);
  const ran = ranWords(step);
  const changed = step.step === 0 && step.kind === 'step' ? 'initial state' : step.changed.join(', ');
  return (
    <div className={css.row} data-inner={depth > 0}>
      <span className={css.number}>{step.step}</span>
      <span className={css.ran} style={{ paddingInlineStart: Math.min(depth, 6) * 16 }} title={ran}>
        {ran}
      </span>
      <span className={css.changed} title={changed}>
        {changed === '' ? 'nothing' : changed}
      </span>
      <span className={css.end}>{step.ms === undefined ? '' : step.ms === 0 ? '<1 ms' : shortDuration(step.ms)}</span>
    </div>
  );
}

function ranWords(step: StepRow): string {
  const where = step.scope === '' ? '' : `${placeWords(step.scope)} › `;
  if (step.kind === 'edit') return 'State edited';
  if (step.nodes.length > 0) return `${where}${step.nodes.join(', ')}`;
  return step.step === 0 ? `${where}start` : `${where}nothing`;
}
