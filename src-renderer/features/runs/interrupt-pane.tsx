// The questions that the run waits for, each with what is needed to answer it.
import type { JSX } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { InterruptCard } from './interrupt-card.tsx';
import { useFollowed } from './use-feed.ts';
import css from './interrupt-pane.module.css';

export function InterruptPane({ runId }: { readonly runId: string }): JSX.Element {
  const feed = useFollowed('interrupts');
  const open = [...feed.view.interrupts.values()];
  if (open.length === 0) {
    return (
      <EmptyState icon="user" title="Nothing to answer">
        When a node asks a person, a tool needs leave, or a write may have happened twice, the question stands here.
      </EmptyState>
    );
  }
  return (
    <ul className={css.list} aria-label="Questions" data-questions="">
      {open.map((interrupt) => (
        <li key={interrupt.id} className={css.item}>
          <InterruptCard runId={runId} interrupt={interrupt} />
        </li>
      ))}
    </ul>
  );
}
