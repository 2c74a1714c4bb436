// A provider's settings as fields, saved when somebody says so; what is wrong is said at its field.
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type JSX } from 'react';
import { ActionScope, useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { useToast } from '../../lib/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { OfferedDialog } from './offered-dialog.tsx';
import { sameDraft, settingsOf, withModels, type DraftFaults, type ProviderDraft } from './provider-draft.ts';
import { ProviderFields } from './provider-fields.tsx';
import css from './provider-form.module.css';
import { useKeptDraft, useModelsCall } from './use-models.ts';

export interface ProviderFormProps {
  /** '' for a new one. */
  readonly name: string;
  /** As atelier.json has it now. */
  readonly saved: ProviderDraft;
  /** Names that a new one cannot have. */
  readonly taken?: readonly string[];
  readonly onAdded?: (name: string) => void;
  readonly onLeave?: () => void;
  readonly onTry?: () => void;
}

const noNames: readonly string[] = [];
const noFaults: DraftFaults = { fields: {}, headers: new Map() };

export function ProviderForm({
  name,
  saved,
  taken = noNames,
  onAdded,
  onLeave,
  onTry,
}: ProviderFormProps): JSX.Element {
  const { query } = useApi();
  const toast = useToast();
  const [kept, keep] = useKeptDraft(name);
  const { busy, problem, ask } = useModelsCall();
  const vault = useQuery(query.vault.state.queryOptions());
  const [isTried, setTried] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const box = useRef<HTMLFormElement>(null);
  const isNew = name === '';
  const draft = kept?.draft ?? saved;
  const isEdited = kept !== undefined && !sameDraft(draft, saved);
  const hasMoved = isEdited && !sameDraft(kept.base, saved);
  const checked = settingsOf(draft, isNew ? taken : []);
  const faults = isTried && !checked.ok ? checked.faults : noFaults;

  const edit = (part: Partial<ProviderDraft>): void =>
    keep({ draft: { ...draft, ...part }, base: kept?.base ?? saved });
  const undo = (): void => {
    const before = kept;
    setTried(false);
    keep(undefined);
    toast({
      text: isNew ? 'The form is empty again.' : 'The edits are undone.',
      undo: () => keep(before),
    });
  };
  const save = async (): Promise<void> => {
    if (busy) return;
    setTried(true);
    if (!checked.ok) {
      // Where the first fault is, so that it can be mended at once.
      requestAnimationFrame(() => {
        const faulty = box.current?.querySelector<HTMLElement>('[aria-invalid=true]');
        faulty?.focus();
        // With what is said below it.
        faulty?.scrollIntoView({ block: 'center' });
      });
      return;
    }
    const { name: called, settings } = checked;
    const state = await ask((models) => models.putProvider({ name: called, settings }));
    if (state === undefined) return;
    setTried(false);
    keep(undefined);
    if (isNew) onAdded?.(called);
    else
      toast({
        text: `${called} is saved.`,
        ...(onTry === undefined ? {} : { action: { label: 'Try it', run: onTry } }),
      });
  };
  const cancel = (): void => {
    keep(undefined);
    onLeave?.();
  };

  return (
    <ActionScope>
      <form
        ref={box}
        className={css.form}
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <FormKeys isEdited={isEdited || isNew} onSave={() => void save()} onUndo={undo} canUndo={isEdited} />
        <div className={css.scroll}>
          <ProviderFields
            draft={draft}
            faults={faults}
            isNew={isNew}
            taken={taken}
            secrets={vault.data?.secrets.map((secret) => secret.name) ?? []}
            onEdit={edit}
            {...(isNew ? {} : { onAskModels: () => setAsking(true) })}
          />
        </div>
        <footer className={css.bar}>
          {problem === undefined ? undefined : (
            <div className={css.problem}>
              <ProblemNote title="It was not saved." problem={problem} />
            </div>
          )}
          <p className={css.state} role="status">
            {!isEdited
              ? isNew
                ? 'Nothing is saved before you say so.'
                : 'As in atelier.json.'
              : hasMoved
                ? 'Not saved. atelier.json has changed since you began: saving puts yours in its place.'
                : 'Edited, not saved.'}
          </p>
          {isNew ? (
            <Button onClick={cancel}>Cancel</Button>
          ) : (
            <Button icon="undo" disabled={!isEdited} onClick={undo}>
              Undo edits
            </Button>
          )}
          <Button
            look="main"
            icon={isNew ? 'plus' : 'check'}
            type="submit"
            keys="Mod+S"
            busy={busy}
            disabled={!isNew && !isEdited}
          >
            {isNew ? 'Add' : 'Save'}
          </Button>
        </footer>
      </form>
      {isAsking ? (
        <OfferedDialog
          provider={name}
          chosen={draft.models}
          onTake={(models) => {
            setAsking(false);
            edit({ models: withModels(draft.models, models) });
          }}
          onClose={() => setAsking(false)}
        />
      ) : undefined}
    </ActionScope>
  );
}

/** The keys count above the form's scope, so that no other Mod+S is meant. */
function FormKeys({
  isEdited,
  canUndo,
  onSave,
  onUndo,
}: {
  readonly isEdited: boolean;
  readonly canUndo: boolean;
  readonly onSave: () => void;
  readonly onUndo: () => void;
}): undefined {
  const section = 'Models';
  useAction({ id: 'models.save', title: 'Save the provider', section, keys: 'Mod+S', enabled: isEdited, run: onSave });
  useAction({ id: 'models.undo', title: 'Undo the edits of the provider', section, enabled: canUndo, run: onUndo });
  return undefined;
}
