// The annotation loop on screen: the pair, the bar below it, and the keys of both.
import { useEffect, useMemo, useRef, useState, type JSX, type RefObject } from 'react';
import type { QueueItem } from '#contract/label';
import type { Message, Turn } from '#contract/turn';
import { Badge } from '../../ui/badge.tsx';
import type { Annotation, AnnotationState } from './annotation.ts';
import { ownSide, type Draft, type Side, type Verdict } from './draft.ts';
import { EditSide } from './edit-side.tsx';
import { Judgement } from './judgement.tsx';
import { OriginLine } from './origin-line.tsx';
import { PairView } from './pair-view.tsx';
import type { PairViewHandle } from './pair-view-handle.ts';
import { useLabelActions, useLookActions } from './prefer-actions.ts';
import type { ViewSettings } from './view-settings.ts';

export type Labelling = Extract<AnnotationState, { phase: 'labelling' }>;

export interface AnnotateProps {
  readonly annotation: Annotation;
  readonly state: Labelling;
  readonly tags: readonly string[];
  /** Sources and scores are shown before the choice. */
  readonly reveal: boolean;
  readonly settings: ViewSettings;
  readonly stacked: boolean;
  readonly onSettings: (change: Partial<ViewSettings>) => void;
  readonly view: RefObject<PairViewHandle | null>;
}

export function Annotate(props: AnnotateProps): JSX.Element {
  const { annotation, state, tags, reveal, settings, stacked, onSettings, view } = props;
  const { item, draft, busy, problem, turn } = state;
  const [noteOpen, setNoteOpen] = useState(false);
  const [editing, setEditing] = useState<Side>();
  const [needsChoice, setNeedsChoice] = useState(false);
  const sides = useMemo(() => shownSides(item, draft.edits), [item, draft.edits]);

  useNextPair(turn, view, () => {
    setNoteOpen(false);
    setEditing(undefined);
    setNeedsChoice(false);
  });

  const submit = (): void => {
    void annotation.submit().then((sent) => setNeedsChoice(!sent));
  };
  const choose = (verdict: Verdict): void => {
    annotation.apply({ type: 'choose', verdict });
    setNeedsChoice(false);
    if (settings.atOnce) submit();
  };
  const edit = (): void => {
    if (draft.verdict === 'left' || draft.verdict === 'right') setEditing(draft.verdict);
    else setNeedsChoice(true);
  };
  useLabelActions({
    tags,
    choose,
    submit,
    edit,
    note: () => setNoteOpen(true),
    skip: () => void annotation.skip(),
    draft: (event) => annotation.apply(event),
  });
  useLookActions({ view, settings, stacked, onSettings });

  const origin = (side: Side): JSX.Element | undefined => {
    if (!reveal) return undefined;
    const { originA, originB } = item.detail;
    return <OriginLine origin={ownSide(side, item.swapped) === 'a' ? originA : originB} />;
  };
  const note = (side: Side): JSX.Element => (
    <>
      {draft.edits[side] === undefined ? undefined : (
        <Badge icon="edit" title="Shown as you edited it">
          edited
        </Badge>
      )}
      {origin(side)}
    </>
  );
  const chosen = draft.verdict === 'left' || draft.verdict === 'right' ? draft.verdict : undefined;
  return (
    <>
      <PairView
        key={turn}
        pairId={item.detail.pair.id}
        prefix={item.detail.prefix}
        left={sides.left}
        right={sides.right}
        settings={settings}
        stacked={stacked}
        chosen={chosen}
        leftNote={note('left')}
        rightNote={note('right')}
        handle={view}
      />
      <Judgement
        draft={draft}
        tags={tags}
        busy={busy}
        problem={problem}
        needsChoice={needsChoice}
        noteOpen={noteOpen}
        onDraft={(event) => annotation.apply(event)}
        onChoose={choose}
        onNoteOpen={setNoteOpen}
        onEdit={edit}
        onSubmit={submit}
      />
      {editing === undefined ? undefined : (
        <EditSide
          name={editing === 'left' ? 'A' : 'B'}
          messages={draft.edits[editing] ?? sides.recorded[editing].map(({ message }) => message)}
          edited={draft.edits[editing] !== undefined}
          onSave={(messages) => annotation.apply({ type: 'edit', side: editing, messages })}
          onRevert={() => annotation.apply({ type: 'revert', side: editing })}
          onClose={() => {
            setEditing(undefined);
            view.current?.focus();
          }}
        />
      )}
    </>
  );
}

/** When another pair stands on screen: what was open closes, and the keys go to the transcript. */
function useNextPair(turn: number, view: { readonly current: PairViewHandle | null }, reset: () => void): void {
  const latest = useRef(reset);
  useEffect(() => {
    latest.current = reset;
  });
  useEffect(() => {
    latest.current();
    const { activeElement } = document;
    // Somebody who has gone on to another pane is not pulled back.
    const isFree =
      activeElement === null || activeElement === document.body || activeElement.closest('[data-pane=main]') !== null;
    if (isFree) view.current?.focus();
  }, [turn, view]);
}

interface ShownSides extends Record<Side, readonly Turn[]> {
  readonly recorded: Readonly<Record<Side, readonly Turn[]>>;
}

/** The turns by shown side, an edited side as it was edited. */
function shownSides({ detail, swapped }: QueueItem, edits: Draft['edits']): ShownSides {
  const recorded = swapped ? { left: detail.b, right: detail.a } : { left: detail.a, right: detail.b };
  return {
    recorded,
    left: editedTurns('left', edits.left, recorded.left),
    right: editedTurns('right', edits.right, recorded.right),
  };
}

function editedTurns(side: Side, edit: readonly Message[] | undefined, turns: readonly Turn[]): readonly Turn[] {
  if (edit === undefined) return turns;
  const depth = turns[0]?.depth ?? 1;
  return edit.map((message, index) => {
    const recorded = turns[index];
    const same = recorded !== undefined && JSON.stringify(recorded.message) === JSON.stringify(message);
    return same ? recorded : { id: `edited-${side}-${String(index)}`, depth: depth + index, message };
  });
}
