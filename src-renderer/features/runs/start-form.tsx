// The form that starts an agent: its input, and under "More" the seed and where to stop.
import { useEffect, useId, useRef, useState, type JSX } from 'react';
import type { AgentDetail } from '#contract/agent';
import type { JsonObject } from '#contract/turn';
import { ActionScope, useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { isObject } from '../../lib/json-kinds.ts';
import { parseJson } from '../../lib/json-text.ts';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field, TextArea, TextInput } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { Fold } from '../../ui/transcript/fold.tsx';
import { draftOf, fill, rawOf, type Draft, type FormErrors } from './form-draft.ts';
import { formOf } from './form-model.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { SchemaForm } from './schema-form.tsx';
import { keepInput, lastInput } from './start-memory.ts';
import css from './start-form.module.css';

export interface StartFormProps {
  readonly workspace: string;
  readonly agent: AgentDetail;
  /** JSON Schema of the input. */
  readonly schema: JsonObject;
  readonly onStarted: (id: string) => void;
}

const nowhere = '-';
const none: FormErrors = new Map();

export function StartForm({ workspace, agent, schema, onStarted }: StartFormProps): JSX.Element {
  const { client } = useApi();
  const { file } = agent.info;
  const [form] = useState(() => formOf(schema));
  const [draft, setDraft] = useState<Draft>(() => draftOf(form, lastInput(workspace, file)));
  const [raw, setRaw] = useState<string>();
  const [errors, setErrors] = useState<FormErrors>(none);
  const [seed, setSeed] = useState('');
  const [until, setUntil] = useState(nowhere);
  const [paused, setPaused] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => {
    box.current?.querySelector<HTMLElement>(':is(input, textarea, [role=combobox]):not([aria-hidden])')?.focus();
  }, []);
  const seedProblem = seed.trim() === '' || /^\d{1,15}$/.test(seed.trim()) ? undefined : 'A whole number, 0 or more.';

  const inputNow = (): JsonObject | undefined => {
    if (raw !== undefined) {
      const parsed = parseJson(raw);
      if (parsed.ok && isObject(parsed.value)) {
        setErrors(none);
        return parsed.value;
      }
      setErrors(new Map([['raw', parsed.ok ? 'The input must be a JSON object.' : parsed.why]]));
      return undefined;
    }
    const filled = fill(form, draft);
    setErrors(filled.ok ? none : filled.errors);
    return filled.ok && isObject(filled.value) ? filled.value : filled.ok ? {} : undefined;
  };
  const start = async (): Promise<void> => {
    const input = inputNow();
    if (busy) return;
    if (input === undefined || seedProblem !== undefined) {
      // Where the first fault is, so that it can be mended at once.
      requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      keepInput(workspace, file, input);
      const run = await client.runs.start({
        file,
        input,
        ...(seed.trim() === '' ? {} : { seed: Number(seed) }),
        ...(until === nowhere ? {} : { until }),
        ...(paused ? { paused } : {}),
      });
      onStarted(run.id);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const toRaw = (look: 'form' | 'raw'): void => {
    setErrors(none);
    if (look === 'raw') {
      const filled = fill(form, draft);
      setRaw(rawOf(filled.ok && isObject(filled.value) ? filled.value : {}));
      return;
    }
    const parsed = raw === undefined ? undefined : parseJson(raw);
    if (parsed?.ok === true) setDraft(draftOf(form, parsed.value));
    setRaw(undefined);
  };

  return (
    <ActionScope>
      <form
        ref={box}
        className={css.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <StartKey onStart={() => void start()} />
        <Segmented
          label="How the input is written"
          value={raw === undefined ? 'form' : 'raw'}
          onChange={toRaw}
          segments={[
            { value: 'form', label: 'Form' },
            { value: 'raw', label: 'JSON' },
          ]}
        />
        {raw === undefined ? (
          <SchemaForm field={form} draft={draft} onChange={setDraft} errors={errors} label="" />
        ) : (
          <Field label="Input as JSON" {...(errors.has('raw') ? { error: errors.get('raw') ?? '' } : {})}>
            {(ids) => (
              <TextArea
                {...ids}
                className={css.raw}
                rows={12}
                spellCheck={false}
                value={raw}
                onChange={(event) => setRaw(event.target.value)}
              />
            )}
          </Field>
        )}
        <Fold label="More" note="seed, where to stop">
          <div className={css.more}>
            <Field
              label="Seed (optional)"
              help="The same seed and input draw the same random numbers."
              {...(seedProblem === undefined ? {} : { error: seedProblem })}
            >
              {(ids) => (
                <TextInput
                  {...ids}
                  inputMode="numeric"
                  value={seed}
                  onChange={(event) => setSeed(event.target.value)}
                />
              )}
            </Field>
            <StopAfter nodes={agent.graph.nodes.map(({ name }) => name)} value={until} onChange={setUntil} />
            <Checkbox checked={paused} onChange={setPaused}>
              Start paused, before the first step
            </Checkbox>
          </div>
        </Fold>
        {problem === undefined ? undefined : <ProblemNote title="The run did not start." problem={problem} />}
        <div className={css.actions}>
          <Button look="main" icon="play" type="submit" keys="Mod+Enter" busy={busy}>
            Start
          </Button>
        </div>
      </form>
    </ActionScope>
  );
}

/** The key counts above the form's scope alone, so that no other Mod+Enter is meant. */
function StartKey({ onStart }: { readonly onStart: () => void }): undefined {
  useAction({ id: 'runs.start', title: 'Start the run', section: 'Runs', keys: 'Mod+Enter', run: onStart });
  return undefined;
}

function StopAfter({
  nodes,
  value,
  onChange,
}: {
  readonly nodes: readonly string[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}): JSX.Element {
  const id = useId();
  return (
    <div className={css.field}>
      <label htmlFor={id} className={css.label}>
        Stop after
      </label>
      <Select
        id={id}
        value={value}
        onChange={onChange}
        options={[{ value: nowhere, label: 'The end' }, ...nodes.map((name) => ({ value: name, label: name }))]}
      />
    </div>
  );
}
