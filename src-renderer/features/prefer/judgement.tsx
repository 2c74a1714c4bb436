// The bar below a pair: choice, strength, reason tags, note, and where to go from here.
import type { Strength } from '#contract/label';
import { useRef, type JSX } from 'react';
import type { ShownProblem } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Icon } from '../../ui/icons.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import type { Draft, DraftEvent, Verdict } from './draft.ts';
import styles from './judgement.module.css';
import { keys } from './prefer-keys.ts';

export interface JudgementProps {
  readonly draft: Draft;
  readonly tags: readonly string[];
  readonly busy: boolean;
  readonly problem?: ShownProblem | undefined;
  /** Something was asked for that needs a choice first. */
  readonly needsChoice: boolean;
  readonly noteOpen: boolean;
  readonly onDraft: (event: DraftEvent) => void;
  readonly onChoose: (verdict: Verdict) => void;
  readonly onNoteOpen: (open: boolean) => void;
  readonly onEdit: () => void;
  readonly onSubmit: () => void;
}

const verdicts: readonly { readonly verdict: Verdict; readonly label: string; readonly keys: string }[] = [
  { verdict: 'left', label: 'A is better', keys: keys.left },
  { verdict: 'right', label: 'B is better', keys: keys.right },
  { verdict: 'tie', label: 'Tie', keys: keys.tie },
  { verdict: 'bad', label: 'Both bad', keys: keys.bad },
];

const strengths: readonly { readonly value: `${Strength}`; readonly label: string }[] = [
  { value: '1', label: 'Slightly' },
  { value: '2', label: 'Clearly' },
  { value: '3', label: 'Much' },
];

const strengthOf: Readonly<Record<`${Strength}`, Strength>> = { '1': 1, '2': 2, '3': 3 };

export function Judgement(props: JudgementProps): JSX.Element {
  const { draft, tags, busy, problem, needsChoice, noteOpen } = props;
  const { onDraft, onChoose, onNoteOpen, onEdit, onSubmit } = props;
  const sided = draft.verdict === 'left' || draft.verdict === 'right';
  return (
    <section className={styles.bar} aria-label="Your judgement" aria-busy={busy}>
      {problem === undefined ? undefined : (
        <div className={styles.problem} role="alert">
          <Icon name="error" />
          <p>
            Not saved, nothing lost: {problem.sentence} {problem.hint}
          </p>
          <Button icon="refresh" onClick={onSubmit}>
            Try again
          </Button>
        </div>
      )}
      {noteOpen ? <NoteField note={draft.note} onDraft={onDraft} onClose={() => onNoteOpen(false)} /> : undefined}
      <div className={styles.line} ref={keepFocus}>
        <div className={styles.group} role="radiogroup" aria-label="Choice" data-missing={needsChoice}>
          {verdicts.map(({ verdict, label, keys: chord }) => (
            <button
              key={verdict}
              type="button"
              role="radio"
              aria-checked={draft.verdict === verdict}
              className={styles.verdict}
              onClick={() => onChoose(verdict)}
            >
              {draft.verdict === verdict ? <Icon name="check" size={14} /> : undefined}
              {label}
              <Kbd keys={chord} />
            </button>
          ))}
        </div>
        <Tooltip text="How much better: − weaker, + stronger" side="top">
          <div className={classes(styles.strength, !sided && styles.idle)}>
            <Segmented
              label="Strength"
              value={`${draft.strength}`}
              onChange={(value) => onDraft({ type: 'strength', strength: strengthOf[value] })}
              segments={strengths}
              disabled={!sided}
            />
          </div>
        </Tooltip>
      </div>
      <div className={styles.line} ref={keepFocus}>
        <div className={styles.tags} role="group" aria-label="Reasons">
          {tags.map((tag, index) => (
            <button
              key={tag}
              type="button"
              className={styles.tag}
              aria-pressed={draft.tags.includes(tag)}
              onClick={() => onDraft({ type: 'tag', tag })}
            >
              <Kbd keys={String(index + 1)} />
              {tag}
            </button>
          ))}
        </div>
        <div className={styles.end}>
          <Button
            look="quiet"
            icon="edit"
            keys={keys.edit}
            disabled={!sided}
            title={sided ? 'Correct the chosen side; the correction becomes a new turn' : 'Choose a side first'}
            onClick={onEdit}
          >
            Edit
          </Button>
          <Button look="quiet" icon="note" keys={keys.note} onClick={() => onNoteOpen(!noteOpen)}>
            {draft.note.trim() === '' || noteOpen ? 'Note' : <span className={styles.notePreview}>{draft.note}</span>}
          </Button>
          <Button look="main" keys={keys.submit} disabled={draft.verdict === undefined} onClick={onSubmit}>
            Save, next
          </Button>
        </div>
      </div>
      <p className={styles.hint} role="status">
        {needsChoice ? 'Choose first: A, B, tie or both bad.' : ''}
      </p>
    </section>
  );
}

function NoteField({
  note,
  onDraft,
  onClose,
}: {
  readonly note: string;
  readonly onDraft: (event: DraftEvent) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const before = useRef(document.activeElement);
  const close = (): void => {
    onClose();
    if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
  };
  return (
    <div className={styles.note}>
      <textarea
        className={styles.area}
        aria-label="Note: why you chose so"
        placeholder="Why you chose so. Ctrl+Enter or Esc goes back; the note stays."
        value={note}
        rows={3}
        maxLength={20_000}
        // The note was asked for by a key: typing goes on there.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        onFocus={({ currentTarget }) => currentTarget.setSelectionRange(note.length, note.length)}
        onChange={(event) => onDraft({ type: 'note', note: event.target.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' && !(event.key === 'Enter' && (event.ctrlKey || event.metaKey))) return;
          event.preventDefault();
          event.stopPropagation();
          close();
        }}
      />
    </div>
  );
}

/** A click on the bar leaves the focus in the transcript, so that the keys go on working there. */
function keepFocus(line: HTMLDivElement | null): (() => void) | undefined {
  if (line === null) return undefined;
  const stay = (event: MouseEvent): void => event.preventDefault();
  line.addEventListener('mousedown', stay);
  return () => line.removeEventListener('mousedown', stay);
}
