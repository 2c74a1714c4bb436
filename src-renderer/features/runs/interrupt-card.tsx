// One question of a run and the ways to answer it, by its kind.
import { useState, type JSX, type ReactNode } from 'react';
import type { OpenInterrupt } from '#contract/run';
import type { Json } from '#contract/turn';
import { ActionScope, useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { parseJson } from '../../lib/json-text.ts';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Field, TextArea, TextInput } from '../../ui/field.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { JsonValue } from '../../ui/transcript/parts.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import { Countdown } from './countdown.tsx';
import { draftOf, fill, type Draft, type FormErrors } from './form-draft.ts';
import { formOf } from './form-model.ts';
import { placeWords } from './journal-words.ts';
import { pathOfKey } from './places.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { SchemaForm } from './schema-form.tsx';
import { ToolDetails } from './tool-details.tsx';
import css from './interrupt-card.module.css';

const icons: Readonly<Record<OpenInterrupt['kind'], IconName>> = {
  human: 'user',
  approval: 'shield',
  unsure: 'warn',
  wait: 'clock',
};

export interface InterruptCardProps {
  readonly runId: string;
  readonly interrupt: OpenInterrupt;
}

export function InterruptCard({ runId, interrupt }: InterruptCardProps): JSX.Element {
  const { client } = useApi();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const answer = async (value: Json): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await client.runs.answer({ id: runId, interrupt: interrupt.id, value });
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <article className={css.card} aria-label={interrupt.title}>
      <header className={css.head} data-kind={interrupt.kind}>
        <Icon name={icons[interrupt.kind]} />
        <h2 className={css.title}>{shownText(interrupt.title)}</h2>
        <span className={css.when}>
          {placeWords(pathOfKey(interrupt.id))} · <RelativeTime at={interrupt.openedAt} />
        </span>
      </header>
      {interrupt.details === undefined ? undefined : interrupt.kind === 'approval' || interrupt.kind === 'unsure' ? (
        <ToolDetails details={interrupt.details} />
      ) : (
        <div className={css.details} data-details="">
          <JsonValue value={interrupt.details} label="Details" />
        </div>
      )}
      <Answer interrupt={interrupt} busy={busy} onAnswer={(value) => void answer(value)} />
      {problem === undefined ? undefined : <ProblemNote title="The answer was not taken." problem={problem} />}
    </article>
  );
}

interface AnswerProps {
  readonly interrupt: OpenInterrupt;
  readonly busy: boolean;
  readonly onAnswer: (value: Json) => void;
}

function Answer(props: AnswerProps): ReactNode {
  switch (props.interrupt.kind) {
    case 'human':
      return <HumanAnswer {...props} />;
    case 'approval':
      return <ApprovalAnswer {...props} />;
    case 'unsure':
      return <UnsureAnswer {...props} />;
    case 'wait':
      return <Countdown until={props.interrupt.until} />;
  }
}

const none: FormErrors = new Map();

function HumanAnswer({ interrupt, busy, onAnswer }: AnswerProps): JSX.Element {
  const [form] = useState(() => formOf(interrupt.form ?? {}));
  const [draft, setDraft] = useState<Draft>(() => draftOf(form));
  const [errors, setErrors] = useState<FormErrors>(none);
  const send = (): void => {
    const filled = fill(form, draft);
    setErrors(filled.ok ? none : filled.errors);
    if (filled.ok) onAnswer(filled.value ?? null);
  };
  return (
    <ActionScope when="focus">
      <form
        className={css.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) send();
        }}
      >
        <SendKey onSend={busy ? undefined : send} />
        <SchemaForm field={form} draft={draft} onChange={setDraft} errors={errors} label={form.label} />
        <div className={css.actions}>
          <Button look="main" type="submit" keys="Mod+Enter" busy={busy}>
            Answer
          </Button>
        </div>
      </form>
    </ActionScope>
  );
}

/** Of several questions the key answers the one that has the focus. */
function SendKey({ onSend }: { readonly onSend: (() => void) | undefined }): undefined {
  useAction({
    id: 'runs.send-answer',
    title: 'Send the answer',
    section: 'Run',
    keys: 'Mod+Enter',
    hidden: true,
    enabled: onSend !== undefined,
    run: () => onSend?.(),
  });
  return undefined;
}

function ApprovalAnswer({ busy, onAnswer }: AnswerProps): JSX.Element {
  const [reason, setReason] = useState('');
  const why = reason.trim() === '' ? {} : { reason: reason.trim() };
  return (
    <div className={css.form}>
      <Field label="Reason (optional)" help="The agent is told it, and the journal keeps it.">
        {(ids) => <TextInput {...ids} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <div className={css.actions}>
        <Button icon="check" busy={busy} onClick={() => onAnswer({ allow: true, ...why })}>
          Allow
        </Button>
        <Button icon="close" busy={busy} onClick={() => onAnswer({ allow: false, ...why })}>
          Deny
        </Button>
      </div>
    </div>
  );
}

function UnsureAnswer({ busy, onAnswer }: AnswerProps): JSX.Element {
  const [way, setWay] = useState<'result' | 'fail'>();
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string>();
  const choose = (next: 'result' | 'fail'): void => {
    setWay(next);
    setFault(undefined);
  };
  const send = (): void => {
    if (way === 'fail') {
      if (text.trim() === '') setFault('Say why, for the run’s error.');
      else onAnswer({ fail: text.trim() });
      return;
    }
    const parsed = parseJson(text);
    if (parsed.ok) onAnswer({ result: parsed.value });
    else setFault(parsed.why);
  };
  return (
    <div className={css.form}>
      <p>
        It is not known whether this happened before the run was interrupted. Look for its traces outside, then say what
        to do.
      </p>
      <div className={css.actions}>
        <Button icon="refresh" busy={busy} onClick={() => onAnswer({ again: true })}>
          It did not happen: do it again
        </Button>
        <Button icon="check" aria-pressed={way === 'result'} onClick={() => choose('result')}>
          It happened: give its result…
        </Button>
        <Button icon="close" aria-pressed={way === 'fail'} onClick={() => choose('fail')}>
          Let it fail…
        </Button>
      </div>
      {way === undefined ? undefined : (
        <>
          <Field
            label={way === 'fail' ? 'Reason' : 'Result as JSON'}
            {...(fault === undefined ? {} : { error: fault })}
          >
            {(ids) => (
              <TextArea
                {...ids}
                rows={3}
                value={text}
                onChange={(event) => {
                  setText(event.target.value);
                  setFault(undefined);
                }}
              />
            )}
          </Field>
          <div className={css.actions}>
            <Button look="main" busy={busy} onClick={send}>
              {way === 'fail' ? 'Fail' : 'Give this result'}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
