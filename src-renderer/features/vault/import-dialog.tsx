// Variables that were found in a file or in the environment, by their names: which are taken in, and what each is bound to.
import { useState, type JSX } from 'react';
import type { FoundVariable } from '#contract/vault';
import { counted } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { bindingsOf, bindingWords, type KnownProvider } from './binding-draft.ts';
import { BindingFields } from './binding-fields.tsx';
import { draftVariables, takenOf, withVariable, type VariableDraft } from './import-draft.ts';
import css from './import-dialog.module.css';
import { useKnownProviders, useVaultCall } from './use-vault.ts';

export interface FoundVariables {
  /** The file; absent for Atelier's own environment. */
  readonly path?: string;
  readonly variables: readonly FoundVariable[];
}

export interface ImportDialogProps {
  readonly found: FoundVariables;
  readonly onDone: (told: string) => void;
  readonly onClose: () => void;
}

export function ImportDialog({ found, onDone, onClose }: ImportDialogProps): JSX.Element {
  const { path } = found;
  const [drafts, setDrafts] = useState(() => draftVariables(found.variables));
  const [showAll, setShowAll] = useState(false);
  const [unbound, setUnbound] = useState<readonly string[]>([]);
  const providers = useKnownProviders();
  const { busy, problem, ask } = useVaultCall();
  const likely = drafts.filter(({ looksSecret }) => looksSecret);
  const shown = showAll || likely.length === 0 ? drafts : drafts.filter((one) => one.looksSecret || one.isTaken);
  const hidden = drafts.length - shown.length;
  const count = drafts.filter(({ isTaken }) => isTaken).length;

  const take = async (): Promise<void> => {
    const taken = takenOf(drafts);
    setUnbound(taken.ok ? [] : taken.unbound);
    if (!taken.ok || taken.variables.length === 0) return;
    const { variables } = taken;
    const state = await ask((vault) => vault.importVariables({ ...(path === undefined ? {} : { path }), variables }));
    if (state !== undefined) onDone(`${counted(variables.length, 'secret')} taken in.`);
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={path === undefined ? 'Import from the environment' : 'Import from a file'}
      description={
        path === undefined
          ? 'The variables that Atelier was started with. Only their names are read until you take one in.'
          : `${path}: only names are shown. The file stays as it is; delete it once its secrets are here.`
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" icon="import" busy={busy} disabled={count === 0} onClick={() => void take()}>
            {count === 0 ? 'Take in' : `Take ${counted(count, 'secret')} in`}
          </Button>
        </>
      }
    >
      <div className={css.body}>
        {drafts.length === 0 ? <p className={css.none}>There is no variable in it.</p> : undefined}
        {drafts.length > 0 && likely.length === 0 ? (
          <p className={css.none}>None of these looks like a secret.</p>
        ) : undefined}
        <ul className={css.variables} aria-label="Variables">
          {shown.map((draft) => (
            <VariableLine
              key={draft.name}
              draft={draft}
              providers={providers}
              isUnbound={unbound.includes(draft.name)}
              onChange={(change) => setDrafts(withVariable(drafts, draft.name, change))}
            />
          ))}
        </ul>
        {hidden > 0 ? (
          <Button look="quiet" icon="chevronDown" onClick={() => setShowAll(true)}>
            Show {counted(hidden, 'variable')} more that {hidden === 1 ? 'does' : 'do'} not look like a secret
          </Button>
        ) : undefined}
        {unbound.length > 0 ? (
          <p className={css.error} role="alert">
            Say what {unbound.join(', ')} may be used for, or leave {unbound.length === 1 ? 'it' : 'them'} out.
          </p>
        ) : undefined}
        {problem === undefined ? undefined : <ProblemNote title="Nothing was taken in." problem={problem} />}
      </div>
    </Dialog>
  );
}

function VariableLine({
  draft,
  providers,
  isUnbound,
  onChange,
}: {
  readonly draft: VariableDraft;
  readonly providers: readonly KnownProvider[];
  readonly isUnbound: boolean;
  readonly onChange: (change: Partial<Pick<VariableDraft, 'isTaken' | 'bindings'>>) => void;
}): JSX.Element {
  const { name, isTaken, refusal, looksSecret, bindings } = draft;
  const [isEditing, setEditing] = useState(false);
  const whole = bindingsOf(bindings) ?? [];
  const isShut = !isEditing && !isUnbound && whole.length > 0;
  return (
    <li className={css.variable}>
      <div className={css.line}>
        <Checkbox checked={isTaken} disabled={refusal !== undefined} onChange={(on) => onChange({ isTaken: on })}>
          <code className={css.name}>{name}</code>
        </Checkbox>
        {refusal !== undefined ? (
          <span className={css.refusal}>{refusal}</span>
        ) : looksSecret ? (
          <Badge icon="key" title="By its name or the shape of its value">
            Looks like a secret
          </Badge>
        ) : undefined}
      </div>
      {!isTaken ? undefined : isShut ? (
        <div className={css.bound}>
          <span>Released only to {whole.map(bindingWords).join('; ')}</span>
          <Button
            look="quiet"
            icon="edit"
            aria-label={`Change what ${name} is bound to`}
            onClick={() => setEditing(true)}
          >
            Change
          </Button>
        </div>
      ) : (
        <div className={css.fields}>
          <BindingFields
            secret={name}
            drafts={bindings}
            providers={providers}
            showFaults={isUnbound}
            onChange={(next) => {
              setEditing(true);
              onChange({ bindings: next });
            }}
          />
        </div>
      )}
    </li>
  );
}
