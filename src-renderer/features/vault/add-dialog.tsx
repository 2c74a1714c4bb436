// A new secret: its name, its value, what it may be used for.
import { useRef, useState, type JSX } from 'react';
import { endOfDate } from '../../lib/days.ts';
import { Field, TextInput } from '../../ui/field.tsx';
import { TaskDialog } from '../../ui/task-dialog.tsx';
import { AboutFields, type AboutDraft } from './about-fields.tsx';
import { bindingsOf, type BindingDraft } from './binding-draft.ts';
import { BindingFields } from './binding-fields.tsx';
import { nameFault } from './secret-value.ts';
import { useKnownProviders, useVaultCall } from './use-vault.ts';
import { ValueField, type ValueFieldHandle } from './value-field.tsx';

export interface AddDialogProps {
  readonly taken: readonly string[];
  readonly onAdded: (name: string) => void;
  readonly onClose: () => void;
}

export function AddDialog({ taken, onAdded, onClose }: AddDialogProps): JSX.Element {
  const [name, setName] = useState('');
  const [drafts, setDrafts] = useState<readonly BindingDraft[]>([]);
  const [about, setAbout] = useState<AboutDraft>({ date: '', note: '' });
  const [isTried, setTried] = useState(false);
  const value = useRef<ValueFieldHandle>(null);
  const nameInput = useRef<HTMLInputElement>(null);
  const providers = useKnownProviders();
  const { busy, problem, ask } = useVaultCall();
  const wrongName = isTried ? nameFault(name, taken) : undefined;

  const add = async (): Promise<void> => {
    if (busy) return;
    setTried(true);
    const bindings = bindingsOf(drafts);
    if (nameFault(name, taken) !== undefined) return nameInput.current?.focus();
    // Last, since it empties the field.
    if (bindings === undefined || bindings.length === 0) return;
    const text = value.current?.take();
    if (text === undefined) return;
    const expiresAt = endOfDate(about.date);
    const added = name.trim();
    const state = await ask((vault) =>
      vault.add({
        name: added,
        value: text,
        bindings: [...bindings],
        ...(expiresAt === undefined ? {} : { expiresAt }),
        ...(about.note.trim() === '' ? {} : { note: about.note.trim() }),
      }),
    );
    if (state === undefined) value.current?.putBack(text);
    else onAdded(added);
  };
  return (
    <TaskDialog
      title="Add a secret"
      description="The value goes into the vault and is never shown again, here or anywhere else."
      send={{ label: 'Add', icon: 'plus' }}
      busy={busy}
      problem={problem}
      failed="It was not added."
      onSend={() => void add()}
      onClose={onClose}
    >
      <Field
        label="Name"
        help="As its environment variable: OPENAI_API_KEY. The name may be seen, the value not."
        {...(wrongName === undefined ? {} : { error: wrongName })}
      >
        {(ids) => (
          <TextInput
            {...ids}
            ref={nameInput}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <ValueField label="Value" help="Spaces and line ends around it are left out." handle={value} />
      <BindingFields secret={name} drafts={drafts} providers={providers} showFaults={isTried} onChange={setDrafts} />
      <AboutFields about={about} onChange={setAbout} />
    </TaskDialog>
  );
}
