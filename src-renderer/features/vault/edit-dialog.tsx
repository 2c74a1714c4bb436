// What a secret is bound to, its reminder and its note; the value stays as it is.
import { useState, type JSX } from 'react';
import type { SecretSummary } from '#contract/vault';
import { dateText, endOfDate } from '../../lib/days.ts';
import { TaskDialog } from '../../ui/task-dialog.tsx';
import { AboutFields, type AboutDraft } from './about-fields.tsx';
import { bindingsOf, draftsOf } from './binding-draft.ts';
import { BindingFields } from './binding-fields.tsx';
import { useKnownProviders, useVaultCall } from './use-vault.ts';

export interface EditDialogProps {
  readonly secret: SecretSummary;
  readonly onDone: (told: string) => void;
  readonly onClose: () => void;
}

export function EditDialog({ secret, onDone, onClose }: EditDialogProps): JSX.Element {
  const { name } = secret;
  const [drafts, setDrafts] = useState(() => draftsOf(secret.bindings));
  const [about, setAbout] = useState<AboutDraft>({ date: dateText(secret.expiresAt), note: secret.note ?? '' });
  const [isTried, setTried] = useState(false);
  const providers = useKnownProviders();
  const { busy, problem, ask } = useVaultCall();
  const save = async (): Promise<void> => {
    setTried(true);
    const bindings = bindingsOf(drafts);
    if (bindings === undefined || bindings.length === 0) return;
    const isDateKept = about.date === dateText(secret.expiresAt);
    const state = await ask((vault) =>
      vault.edit({
        name,
        bindings: [...bindings],
        note: about.note.trim(),
        ...(isDateKept ? {} : { expiresAt: endOfDate(about.date) ?? null }),
      }),
    );
    if (state !== undefined) onDone(`${name} was changed.`);
  };
  return (
    <TaskDialog
      title={`Edit ${name}`}
      description="Where it may go, and what you want to remember of it. The value stays as it is."
      send={{ label: 'Save', icon: 'check' }}
      busy={busy}
      problem={problem}
      failed="Nothing was changed."
      onSend={() => void save()}
      onClose={onClose}
    >
      <BindingFields secret={name} drafts={drafts} providers={providers} showFaults={isTried} onChange={setDrafts} />
      <AboutFields about={about} onChange={setAbout} />
    </TaskDialog>
  );
}
