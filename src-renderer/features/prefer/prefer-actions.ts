// The named actions of the annotation screen: in the palette, in the shortcut sheet, on keys.
import type { RefObject } from 'react';
import { useAction } from '../../lib/actions.tsx';
import type { DraftEvent, Verdict } from './draft.ts';
import type { PairViewHandle } from './pair-view-handle.ts';
import { keys } from './prefer-keys.ts';
import type { ViewSettings } from './view-settings.ts';

const section = 'Prefer: label';
const lookSection = 'Prefer: look';

export interface LabelActions {
  readonly tags: readonly string[];
  readonly choose: (verdict: Verdict) => void;
  readonly submit: () => void;
  readonly edit: () => void;
  readonly note: () => void;
  readonly skip: () => void;
  readonly draft: (event: DraftEvent) => void;
}

/** Choice, strength, tags, note, edit, skip and save. */
export function useLabelActions({ tags, choose, submit, edit, note, skip, draft }: LabelActions): void {
  useAction({ id: 'prefer.left', title: 'A is better', section, keys: keys.left, run: () => choose('left') });
  useAction({ id: 'prefer.right', title: 'B is better', section, keys: keys.right, run: () => choose('right') });
  useAction({ id: 'prefer.tie', title: 'Call it a tie', section, keys: keys.tie, run: () => choose('tie') });
  useAction({ id: 'prefer.bad', title: 'Both are bad', section, keys: keys.bad, run: () => choose('bad') });
  useAction({
    id: 'prefer.weaker',
    title: 'Prefer it less strongly',
    section,
    keys: [keys.weaker, '['],
    run: () => draft({ type: 'weaker' }),
  });
  useAction({
    id: 'prefer.stronger',
    title: 'Prefer it more strongly',
    section,
    keys: [keys.stronger, '=', ']'],
    run: () => draft({ type: 'stronger' }),
  });
  useTagAction(0, tags, draft);
  useTagAction(1, tags, draft);
  useTagAction(2, tags, draft);
  useTagAction(3, tags, draft);
  useTagAction(4, tags, draft);
  useTagAction(5, tags, draft);
  useTagAction(6, tags, draft);
  useTagAction(7, tags, draft);
  useTagAction(8, tags, draft);
  useAction({ id: 'prefer.note', title: 'Write a note', section, keys: keys.note, run: note });
  useAction({ id: 'prefer.edit', title: 'Edit the chosen side', section, keys: keys.edit, run: edit });
  useAction({ id: 'prefer.skip', title: 'Skip this pair', section, keys: keys.skip, run: skip });
  useAction({
    id: 'prefer.submit',
    title: 'Save the label, go to the next pair',
    section,
    keys: [keys.submit, 'Mod+Enter'],
    run: submit,
  });
}

function useTagAction(index: number, tags: readonly string[], draft: (event: DraftEvent) => void): void {
  const tag = tags[index];
  useAction({
    id: `prefer.tag-${String(index + 1)}`,
    title: `Reason: ${tag ?? ''}`,
    section,
    keys: String(index + 1),
    enabled: tag !== undefined,
    run: () => {
      if (tag !== undefined) draft({ type: 'tag', tag });
    },
  });
}

export interface LookActions {
  readonly view: RefObject<PairViewHandle | null>;
  readonly settings: ViewSettings;
  readonly stacked: boolean;
  readonly onSettings: (change: Partial<ViewSettings>) => void;
}

/** Word diff, divergence, layout, scrolling: the same for labelling and for looking a pair up. */
export function useLookActions({ view, settings, stacked, onSettings }: LookActions): void {
  useAction({
    id: 'prefer.diff',
    title: settings.diff ? 'Stop marking words that differ' : 'Mark the words that differ',
    section: lookSection,
    keys: keys.diff,
    run: () => onSettings({ diff: !settings.diff }),
  });
  useAction({
    id: 'prefer.jump',
    title: 'Jump to the first divergence',
    section: lookSection,
    keys: keys.jump,
    run: () => view.current?.jump(),
  });
  useAction({
    id: 'prefer.stack',
    title: stacked ? 'Put the sides side by side' : 'Put the sides one above the other',
    section: lookSection,
    keys: keys.stack,
    run: () => onSettings({ stacked: !stacked }),
  });
  useAction({
    id: 'prefer.sync',
    title: settings.sync ? 'Scroll each side by itself' : 'Scroll both sides together',
    section: lookSection,
    keys: keys.sync,
    run: () => onSettings({ sync: !settings.sync }),
  });
  useAction({
    id: 'prefer.prefix',
    title: 'Show or fold the shared turns',
    section: lookSection,
    keys: keys.prefix,
    run: () => view.current?.togglePrefix(),
  });
}

/** Keys that scroll the sides; they count where the focus is on them. `share`: of the visible height. */
export function useScrollActions(scroll: (share: number) => void): void {
  const move = { section: lookSection, hidden: true, repeats: true } as const;
  useAction({ ...move, id: 'prefer.down', title: 'Scroll down', keys: ['J', 'ArrowDown'], run: () => scroll(0.12) });
  useAction({ ...move, id: 'prefer.up', title: 'Scroll up', keys: ['K', 'ArrowUp'], run: () => scroll(-0.12) });
  useAction({
    ...move,
    id: 'prefer.page-down',
    title: 'Scroll a page down',
    keys: ['PageDown', ' '],
    run: () => scroll(0.9),
  });
  useAction({
    ...move,
    id: 'prefer.page-up',
    title: 'Scroll a page up',
    keys: 'PageUp',
    run: () => scroll(-0.9),
  });
  useAction({ ...move, id: 'prefer.top', title: 'Scroll to the top', keys: 'Home', run: () => scroll(-1e6) });
  useAction({ ...move, id: 'prefer.bottom', title: 'Scroll to the end', keys: 'End', run: () => scroll(1e6) });
}
