// The list's actions by name, with their keys.
import type { TranscriptTarget } from '#contract/trace';
import { useAction } from '../../lib/actions.tsx';

export interface ListActions {
  /** The list has the window to itself; beside an open trace, plain keys belong to the trace. */
  readonly isWide: boolean;
  readonly hasRows: boolean;
  readonly hasCurrent: boolean;
  readonly isCurrentMarked: boolean;
  /** How many are marked. */
  readonly marked: number;
  readonly canRemove: boolean;
  readonly onMove: (by: 1 | -1) => void;
  readonly onOpen: () => void;
  readonly onMark: (on: boolean) => void;
  readonly onMarkAll: () => void;
  readonly onUnmark: () => void;
  readonly onRemove: () => void;
  readonly onExport: (target: TranscriptTarget) => void;
}

export function useListActions(list: ListActions): void {
  const { isWide, hasRows } = list;
  const section = 'Traces';
  const moving = { section, hidden: true, repeats: true, enabled: isWide && hasRows } as const;
  useAction({ ...moving, id: 'traces.down', title: 'Move down the list', keys: 'J', run: () => list.onMove(1) });
  useAction({ ...moving, id: 'traces.up', title: 'Move up the list', keys: 'K', run: () => list.onMove(-1) });
  useAction({
    id: 'traces.open',
    title: 'Open the trace',
    section,
    keys: 'Enter',
    enabled: isWide && list.hasCurrent,
    run: list.onOpen,
  });
  useAction({
    id: 'traces.mark',
    title: list.isCurrentMarked ? 'Take the mark off the trace' : 'Mark the trace',
    section,
    keys: 'X',
    enabled: list.hasCurrent,
    run: () => list.onMark(!list.isCurrentMarked),
  });
  useAction({
    id: 'traces.mark-all',
    title: 'Mark all traces that fit the filter',
    section,
    keys: 'Shift+X',
    enabled: hasRows,
    run: list.onMarkAll,
  });
  useAction({
    id: 'traces.unmark',
    title: 'Take all marks off',
    section,
    ...(isWide ? { keys: 'Escape' } : {}),
    enabled: list.marked > 0,
    run: list.onUnmark,
  });
  useAction({
    id: 'traces.remove',
    title: list.marked > 0 ? 'Remove the marked traces' : 'Remove the trace',
    section,
    keys: 'Delete',
    enabled: list.canRemove,
    run: list.onRemove,
  });
  useAction({
    id: 'traces.export-source',
    title: 'Export the listed traces in the format they came in',
    section,
    enabled: hasRows,
    run: () => list.onExport('source'),
  });
  useAction({
    id: 'traces.export-openai',
    title: 'Export the listed traces as OpenAI chat JSONL',
    section,
    enabled: hasRows,
    run: () => list.onExport('openai-chat'),
  });
}
