// How many messages hold what the list is searched for, and the way from one to the next.
import type { ReactNode } from 'react';
import type { TurnId } from '#contract/turn';
import { useAction } from '../../lib/actions.tsx';
import { counted } from '../../lib/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import css from './hit-bar.module.css';

export interface HitBarProps {
  /** What was searched for. */
  readonly text: string;
  /** The messages that hold it, in order. */
  readonly hits: readonly TurnId[];
  readonly selected: TurnId | undefined;
  /** To the next (1) or the one before (-1), round at the ends. */
  readonly onStep: (by: 1 | -1) => void;
}

const keys = { next: 'N', previous: 'Shift+N' } as const;

export function HitBar({ text, hits, selected, onStep }: HitBarProps): ReactNode {
  const enabled = hits.length > 0;
  const at = selected === undefined ? -1 : hits.indexOf(selected);
  const action = { section: 'Transcript', repeats: true, enabled } as const;
  useAction({ ...action, id: 'transcript.hit', title: 'Go to the next hit', keys: keys.next, run: () => onStep(1) });
  useAction({
    ...action,
    id: 'transcript.hit-before',
    title: 'Go to the hit before',
    keys: keys.previous,
    run: () => onStep(-1),
  });
  const found = counted(hits.length, 'message');
  return (
    <div className={css.bar} role="group" aria-label="Hits of the search">
      <span className={css.text} title={text}>
        “{text}”
      </span>
      <span className={css.count} role="status">
        {enabled ? (at === -1 ? `in ${found}` : `${at + 1} of ${found}`) : 'in no message, only in the name of a span'}
      </span>
      <IconButton
        small
        icon="chevronUp"
        label="The hit before"
        keys={keys.previous}
        disabled={!enabled}
        onClick={() => onStep(-1)}
      />
      <IconButton
        small
        icon="chevronDown"
        label="The next hit"
        keys={keys.next}
        disabled={!enabled}
        onClick={() => onStep(1)}
      />
    </div>
  );
}
