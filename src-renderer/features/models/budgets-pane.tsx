// What may be spent in a day and in a run, and what today has cost so far.
import { useRef, useState, type JSX, type ReactNode } from 'react';
import type { ModelsState } from '#contract/model';
import { ActionScope, useAction } from '../../lib/actions.tsx';
import { counted } from '../../lib/format.ts';
import { useToast } from '../../lib/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Progress } from '../../ui/progress.tsx';
import { budgetsOf, draftOfBudgets, sameBudgetDraft, type BudgetDraft, type BudgetFaults } from './budget-draft.ts';
import css from './budgets-pane.module.css';
import { PartHead } from './part-head.tsx';
import form from './provider-form.module.css';
import { useModelsCall } from './use-models.ts';
import { sharesOf, spentWords } from './words.ts';

const noFaults: BudgetFaults = {};

export function BudgetsPane({ state }: { readonly state: ModelsState }): JSX.Element {
  const toast = useToast();
  const { busy, problem, ask } = useModelsCall();
  const saved = draftOfBudgets(state.budgets);
  const [edited, setEdited] = useState<BudgetDraft>();
  const [isTried, setTried] = useState(false);
  const box = useRef<HTMLFormElement>(null);
  const draft = edited ?? saved;
  const isEdited = edited !== undefined && !sameBudgetDraft(edited, saved);
  const result = budgetsOf(draft);
  const faults = isTried && !result.ok ? result.faults : noFaults;
  const undo = (): void => {
    setTried(false);
    setEdited(undefined);
  };
  const save = async (): Promise<void> => {
    if (busy) return;
    setTried(true);
    if (!result.ok) {
      requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
      return;
    }
    const before = state.budgets;
    if ((await ask((models) => models.setBudgets(result.budgets))) === undefined) return;
    undo();
    toast({ text: 'The budgets are saved.', undo: () => void ask((models) => models.setBudgets(before)) });
  };
  const line = (field: keyof BudgetDraft, label: string, placeholder: string): JSX.Element => {
    const fault = faults[field];
    return (
      <Field label={label} {...(fault === undefined ? {} : { error: fault })}>
        {(ids) => (
          <TextInput
            {...ids}
            inputMode="decimal"
            placeholder={placeholder}
            value={draft[field]}
            onChange={(event) => setEdited({ ...draft, [field]: event.target.value })}
          />
        )}
      </Field>
    );
  };
  return (
    <ActionScope>
      <PartHead
        title="Budgets"
        about="Calls over a budget are refused before they are made, never in the middle of one."
      />
      <form
        ref={box}
        className={form.form}
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <BudgetKeys enabled={isEdited} onSave={() => void save()} />
        <div className={css.body}>
          <Today state={state} />
          <Part title="A day" about="All calls since midnight, the gateway’s too.">
            {line('dayTokens', 'Tokens a day', 'no limit')}
            {line('dayUsd', 'Dollars a day', 'no limit')}
          </Part>
          <Part title="A run" about="All calls of one run of an agent.">
            {line('runTokens', 'Tokens a run', 'no limit')}
            {line('runUsd', 'Dollars a run', 'no limit')}
          </Part>
          <p className={css.help}>
            A budget in dollars sees only calls whose price is known, and does not stop a model that costs nothing.
          </p>
        </div>
        <footer className={form.bar}>
          {problem === undefined ? undefined : (
            <div className={form.problem}>
              <ProblemNote title="Nothing was saved." problem={problem} />
            </div>
          )}
          <p className={form.state} role="status">
            {isEdited ? 'Edited, not saved.' : 'As in atelier.json.'}
          </p>
          <Button icon="undo" disabled={!isEdited} onClick={undo}>
            Undo edits
          </Button>
          <Button look="main" icon="check" type="submit" keys="Mod+S" busy={busy} disabled={!isEdited}>
            Save
          </Button>
        </footer>
      </form>
    </ActionScope>
  );
}

function BudgetKeys({ enabled, onSave }: { readonly enabled: boolean; readonly onSave: () => void }): undefined {
  useAction({ id: 'models.save', title: 'Save the budgets', section: 'Models', keys: 'Mod+S', enabled, run: onSave });
  return undefined;
}

function Today({ state }: { readonly state: ModelsState }): JSX.Element {
  const { today, budgets } = state;
  return (
    <section className={css.today} aria-label="Spent today">
      <h2 className={css.title}>Today</h2>
      <div className={css.words}>
        <p>
          {spentWords(today)}.
          {today.unpriced === 0 ? '' : ` The price of ${counted(today.unpriced, 'call')} is not known.`}
        </p>
        {sharesOf(today, budgets.day).map(({ name, used, of, share }) => (
          <div key={name} className={css.share}>
            <span className={css.shareName}>{name}</span>
            <Progress value={share ?? 0} label={`${name} of today's budget`} />
            <span className={css.figure}>{of === undefined ? `${used}, no limit` : `${used} of ${of}`}</span>
          </div>
        ))}
      </div>
    </section>
  );
}

function Part({
  title,
  about,
  children,
}: {
  readonly title: string;
  readonly about: string;
  readonly children: ReactNode;
}): JSX.Element {
  return (
    <section className={css.part} aria-label={title}>
      <div>
        <h2 className={css.title}>{title}</h2>
        <p className={css.help}>{about}</p>
      </div>
      <div className={css.two}>{children}</div>
    </section>
  );
}
