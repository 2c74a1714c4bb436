// The fallbacks of one model, in the order they are asked.
import { useState, type JSX } from 'react';
import type { ModelsState } from '#contract/model';
import { Button } from '../../ui/button.tsx';
import { Combobox } from '../../ui/combobox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import css from './dialogs.module.css';
import { draftOfFallbacks, fallbacksOf, mostFallbacks, withEarlier, withLine } from './fallback-draft.ts';
import { useModelsCall } from './use-models.ts';
import { namedModels } from './words.ts';

export interface FallbackDialogProps {
  readonly state: ModelsState;
  /** '' for one that has none yet. */
  readonly model: string;
  readonly onDone: (told: string) => void;
  readonly onClose: () => void;
}

export function FallbackDialog({ state, model, onDone, onClose }: FallbackDialogProps): JSX.Element {
  const [draft, setDraft] = useState(() => draftOfFallbacks(model, state.fallbacks[model] ?? []));
  const [isTried, setTried] = useState(false);
  const { busy, problem, ask } = useModelsCall();
  const taken = Object.keys(state.fallbacks).filter((one) => one !== model);
  const result = fallbacksOf(draft, taken);
  const faults = isTried && !result.ok ? result.faults : undefined;
  const options = namedModels(state.providers);
  const save = async (): Promise<void> => {
    setTried(true);
    if (!result.ok) return;
    const next = await ask((models) => models.setFallbacks({ model: result.model, fallbacks: [...result.fallbacks] }));
    if (next !== undefined) onDone(`Fallbacks of ${result.model} are saved.`);
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={model === '' ? 'Add fallbacks' : `Fallbacks of ${model}`}
      description="Where the model cannot answer, the others are asked in this order. They have no fallbacks of their own."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" icon="check" busy={busy} onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <form
        className={css.form}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {model === '' ? (
          <Field label="Model" {...(faults?.model === undefined ? {} : { error: faults.model })}>
            {(ids) => (
              <Combobox
                {...ids}
                listLabel="Models"
                placeholder="openai/gpt-4.1-mini"
                options={options}
                value={draft.model}
                onChange={(next) => setDraft({ ...draft, model: next })}
              />
            )}
          </Field>
        ) : undefined}
        <fieldset className={css.group}>
          <legend className={css.legend}>Asked instead, in turn</legend>
          <ol className={css.steps}>
            {draft.others.map((line, index) => {
              const fault = faults?.others.get(line.id) ?? (index === 0 ? faults?.none : undefined);
              return (
                <li key={line.id} className={css.step}>
                  <Field label={`Fallback ${index + 1}`} hideLabel {...(fault === undefined ? {} : { error: fault })}>
                    {(ids) => (
                      <Combobox
                        {...ids}
                        listLabel="Models"
                        placeholder="ollama/llama3.2"
                        options={options.filter((one) => one !== draft.model)}
                        value={line.model}
                        onChange={(next) =>
                          setDraft({
                            ...draft,
                            others: draft.others.map((one) => (one.id === line.id ? { ...one, model: next } : one)),
                          })
                        }
                      />
                    )}
                  </Field>
                  <IconButton
                    icon="chevronUp"
                    label={`Ask fallback ${index + 1} earlier`}
                    disabled={index === 0}
                    onClick={() => setDraft(withEarlier(draft, line.id))}
                  />
                  <IconButton
                    icon="close"
                    label={`Take fallback ${index + 1} out`}
                    disabled={draft.others.length === 1}
                    onClick={() => setDraft({ ...draft, others: draft.others.filter((one) => one.id !== line.id) })}
                  />
                </li>
              );
            })}
          </ol>
          <Button
            className={css.add}
            look="quiet"
            icon="plus"
            disabled={draft.others.length >= mostFallbacks}
            onClick={() => setDraft(withLine(draft))}
          >
            {draft.others.length >= mostFallbacks ? `At most ${mostFallbacks}` : 'Another'}
          </Button>
        </fieldset>
        {problem === undefined ? undefined : <ProblemNote title="Nothing was changed." problem={problem} />}
        <input type="submit" hidden />
      </form>
    </Dialog>
  );
}
