// In a browser: asks for the path of a file or folder where the window would show the system's dialog.
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import type { DeskQuestion } from '#contract/desk';
import { useApi } from '../lib/api.tsx';
import { problemOf } from '../lib/problem.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextArea, TextInput } from '../ui/field.tsx';

const againMs = 1000;

const words: Readonly<
  Record<DeskQuestion['kind'], { readonly label: string; readonly help: string; readonly done: string }>
> = {
  files: {
    label: 'Paths of the files, one on a line',
    help: 'Whole paths on the machine where Atelier runs; ~ is your home folder. A browser does not say where a file lies that you pick or drop.',
    done: 'Take these files',
  },
  folder: {
    label: 'Path of the folder',
    help: 'A whole path on the machine where Atelier runs; ~ is your home folder. Its last part is made where it is not there.',
    done: 'Use this folder',
  },
  save: {
    label: 'Path of the new file',
    help: 'A whole path on the machine where Atelier runs; ~ is your home folder.',
    done: 'Write this file',
  },
};

export function PathDialog(): ReactNode {
  const { client } = useApi();
  const [questions, setQuestions] = useState<readonly DeskQuestion[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    const listen = async (): Promise<void> => {
      const asked = await client.desk.questions(undefined, { signal: stop.signal });
      // Those of a connection that broke are settled.
      setQuestions([]);
      for await (const question of asked) setQuestions((open) => [...open, question]);
    };
    const keepListening = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        await listen().catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, againMs));
      }
    };
    void keepListening();
    return () => stop.abort();
  }, [client]);
  const [question] = questions;
  if (question === undefined) return undefined;
  return (
    <Asking
      key={question.id}
      question={question}
      onSettled={() => setQuestions((open) => open.filter(({ id }) => id !== question.id))}
    />
  );
}

function Asking({
  question,
  onSettled,
}: {
  readonly question: DeskQuestion;
  readonly onSettled: () => void;
}): ReactNode {
  const { client } = useApi();
  const { id, kind, title, suggested } = question;
  const { label, help, done } = words[kind];
  const [typed, setTyped] = useState(suggested ?? '');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const paths = kind === 'files' ? typed.split('\n') : [typed];
  const named = paths.map((path) => path.trim()).filter((path) => path !== '');

  const answer = async (chosen: readonly string[] | undefined): Promise<void> => {
    setBusy(true);
    try {
      await client.desk.answer({ id, ...(chosen === undefined ? {} : { paths: [...chosen] }) });
      onSettled();
    } catch (failure) {
      const { code, sentence, hint } = problemOf(failure);
      setError(hint === undefined ? sentence : `${sentence} ${hint}`);
      setBusy(false);
      // Nothing can be answered any more: the question went with its connection.
      if (chosen === undefined || code === 'INTERNAL') onSettled();
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (named.length > 0) void answer(named);
  };
  const common = {
    value: typed,
    spellCheck: false,
    autoCapitalize: 'off',
    autoComplete: 'off',
    onChange: (event: { readonly target: { readonly value: string } }) => setTyped(event.target.value),
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && void answer(undefined)}
      title={title}
      footer={
        <>
          <Button onClick={() => void answer(undefined)}>Cancel</Button>
          <Button look="main" busy={isBusy} disabled={named.length === 0} onClick={() => void answer(named)}>
            {done}
          </Button>
        </>
      }
    >
      <form onSubmit={submit}>
        <Field label={label} help={help} {...(error === undefined ? {} : { error })}>
          {(ids) =>
            kind === 'files' ? <TextArea {...ids} {...common} rows={4} /> : <TextInput {...ids} {...common} />
          }
        </Field>
      </form>
    </Dialog>
  );
}
