// What can be done with the marked traces; lies over the foot of the list, so that no row moves.
import type { ReactNode } from 'react';
import { counted } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import css from './mark-bar.module.css';

export function MarkBar({
  count,
  onRemove,
  onClear,
}: {
  readonly count: number;
  readonly onRemove: () => void;
  readonly onClear: () => void;
}): ReactNode {
  return (
    <div className={css.bar} role="toolbar" aria-label="Marked traces">
      <span className={css.count} role="status">
        {counted(count, 'trace')} marked
      </span>
      <Button look="quiet" onClick={onClear}>
        Clear
      </Button>
      <Button look="danger" icon="trash" keys="Delete" onClick={onRemove}>
        Remove
      </Button>
    </div>
  );
}
