// Choosing who labels: the names the workspace knows, or a new one.
import { useQueryClient } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import { importedAnnotator, type Annotator } from '#contract/label';
import { useApi } from '../../lib/api.tsx';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import styles from './annotator-form.module.css';

export interface AnnotatorFormProps {
  readonly annotators: readonly Annotator[];
  readonly current: string | undefined;
  readonly onChoose: (name: string) => void;
}

export function AnnotatorForm({ annotators, current, onChoose }: AnnotatorFormProps): JSX.Element {
  const { client, query } = useApi();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const trimmed = name.trim();
  const people = annotators.filter((annotator) => annotator.name !== importedAnnotator);
  const add = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const all = await client.labels.addAnnotator({ name: trimmed });
      queries.setQueryData(query.labels.annotators.queryOptions({}).queryKey, all);
      onChoose(trimmed);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={styles.form}>
      {people.length === 0 ? undefined : (
        <ul className={styles.names} aria-label="Known annotators">
          {people.map((annotator) => (
            <li key={annotator.name}>
              <Button
                {...(annotator.name === current
                  ? { icon: 'check' as const, 'aria-current': true }
                  : { icon: 'user' as const })}
                onClick={() => onChoose(annotator.name)}
              >
                {annotator.name}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form
        className={styles.add}
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed !== '') void add();
        }}
      >
        <Field
          label={people.length === 0 ? 'Your name' : 'Somebody else'}
          help="Every label carries it, so that agreement can be measured."
          {...(problem === undefined ? {} : { error: `${problem.sentence} ${problem.hint ?? ''}` })}
        >
          {(ids) => (
            <TextInput
              {...ids}
              value={name}
              maxLength={80}
              // The one thing asked for here.
              // oxlint-disable-next-line jsx-a11y/no-autofocus
              autoFocus
              data-pane-focus=""
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" look="main" disabled={trimmed === '' || trimmed === importedAnnotator} busy={busy}>
          {trimmed === '' ? 'Start labelling' : `Label as ${trimmed}`}
        </Button>
      </form>
    </div>
  );
}
