// The label being made: what the annotator has chosen, typed and edited so far, by shown side, and how it becomes a label.
import type { Choice, Label, LabelInput, QueueItem, Strength } from '#contract/label';
import type { Message } from '#contract/turn';

export type Side = 'left' | 'right';
export type Verdict = Side | 'tie' | 'bad';

export interface Draft {
  readonly verdict?: Verdict;
  readonly strength: Strength;
  readonly tags: readonly string[];
  readonly note: string;
  /** Edited messages by side; only the chosen side's are sent. */
  readonly edits: Readonly<Partial<Record<Side, readonly Message[]>>>;
}

export const emptyDraft: Draft = { strength: 2, tags: [], note: '', edits: {} };

export type DraftEvent =
  | { readonly type: 'choose'; readonly verdict: Verdict }
  | { readonly type: 'strength'; readonly strength: Strength }
  | { readonly type: 'stronger' }
  | { readonly type: 'weaker' }
  | { readonly type: 'tag'; readonly tag: string }
  | { readonly type: 'note'; readonly note: string }
  | { readonly type: 'edit'; readonly side: Side; readonly messages: readonly Message[] }
  | { readonly type: 'revert'; readonly side: Side };

/** Applies one act of the annotator. Choosing again changes the choice; a tag toggles. */
export function applyToDraft(draft: Draft, event: DraftEvent): Draft {
  switch (event.type) {
    case 'choose':
      return { ...draft, verdict: event.verdict };
    case 'strength':
      return { ...draft, strength: event.strength };
    case 'stronger':
      return { ...draft, strength: draft.strength === 1 ? 2 : 3 };
    case 'weaker':
      return { ...draft, strength: draft.strength === 3 ? 2 : 1 };
    case 'tag':
      return {
        ...draft,
        tags: draft.tags.includes(event.tag)
          ? draft.tags.filter((tag) => tag !== event.tag)
          : [...draft.tags, event.tag],
      };
    case 'note':
      return { ...draft, note: event.note };
    case 'edit':
      return { ...draft, edits: { ...draft.edits, [event.side]: event.messages } };
    case 'revert':
    default: {
      const { [event.side]: _reverted, ...edits } = draft.edits;
      return { ...draft, edits };
    }
  }
}

/** Which of the pair's own sides stands on the left or right. */
export function ownSide(side: Side, swapped: boolean): 'a' | 'b' {
  return (side === 'left') !== swapped ? 'a' : 'b';
}

/** The verdict by shown side of a choice by the pair's own side, and back. */
export function verdictOf(choice: Choice, swapped: boolean): Verdict {
  if (choice === 'tie' || choice === 'bad') return choice;
  return (choice === 'a') !== swapped ? 'left' : 'right';
}

export function choiceOf(verdict: Verdict, swapped: boolean): Choice {
  return verdict === 'tie' || verdict === 'bad' ? verdict : ownSide(verdict, swapped);
}

/** What is sent; undefined while nothing is chosen. A tie or both bad has no strength of its own and goes out as 1. */
export function labelInput(
  item: QueueItem,
  draft: Draft,
  annotator: string,
  elapsedMs: number,
): LabelInput | undefined {
  const { verdict } = draft;
  if (verdict === undefined) return undefined;
  const side = verdict === 'left' || verdict === 'right' ? verdict : undefined;
  const edit = side === undefined ? undefined : draft.edits[side];
  const note = draft.note.trim();
  return {
    pairId: item.detail.pair.id,
    annotator,
    choice: choiceOf(verdict, item.swapped),
    strength: side === undefined ? 1 : draft.strength,
    tags: [...draft.tags],
    swapped: item.swapped,
    elapsedMs: Math.max(0, Math.round(elapsedMs)),
    ...(note === '' ? {} : { rationale: note }),
    ...(edit === undefined ? {} : { edit: [...edit] }),
    ...(item.repeats === undefined ? {} : { repeats: item.repeats }),
  };
}

/** The draft a label that was taken back came from, so that it can be mended instead of made again. */
export function draftOf(label: Label, edited: readonly Message[] | undefined): Draft {
  const verdict = verdictOf(label.choice, label.swapped);
  const side = verdict === 'left' || verdict === 'right' ? verdict : undefined;
  return {
    verdict,
    strength: side === undefined ? emptyDraft.strength : label.strength,
    tags: label.tags,
    note: label.rationale ?? '',
    edits: side === undefined || edited === undefined ? {} : { [side]: edited },
  };
}

/** Whether the annotator has done anything that would be lost. */
export function isTouched(draft: Draft): boolean {
  return (
    draft.verdict !== undefined ||
    draft.tags.length > 0 ||
    draft.note !== '' ||
    draft.edits.left !== undefined ||
    draft.edits.right !== undefined
  );
}
