// Asks before a secret is removed: nobody can bring its value back.
import type { JSX } from 'react';
import type { SecretSummary } from '#contract/vault';
import { counted } from '../../lib/format.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { TaskDialog } from '../../ui/task-dialog.tsx';
import { bindingWords } from './binding-draft.ts';
import { useKnownProviders, useVaultCall } from './use-vault.ts';
import css from './vault-dialogs.module.css';

export interface RemoveDialogProps {
  readonly secret: SecretSummary;
  readonly onDone: (told: string) => void;
  readonly onClose: () => void;
}

export function RemoveDialog({ secret, onDone, onClose }: RemoveDialogProps): JSX.Element {
  const { name, uses, lastUsedAt, bindings } = secret;
  const providers = useKnownProviders().filter((provider) => provider.secret === name);
  const { busy, problem, ask } = useVaultCall();
  const remove = async (): Promise<void> => {
    const state = await ask((vault) => vault.remove({ name }));
    if (state !== undefined) onDone(`${name} was removed.`);
  };
  return (
    <TaskDialog
      width="narrow"
      title={`Remove ${name}?`}
      send={{ label: 'Remove it', icon: 'trash', look: 'danger' }}
      leave="Keep it"
      busy={busy}
      problem={problem}
      failed="It was not removed."
      onSend={() => void remove()}
      onClose={onClose}
    >
      <div className={css.text}>
        <p>
          This cannot be undone: the value is erased, and Atelier has no copy of it. The key itself stays valid at its
          service until you revoke it there.
        </p>
        {providers.length === 0 ? undefined : (
          <p>
            <b>These providers stop working</b> until they are given another secret:{' '}
            {providers.map((provider) => provider.name).join(', ')}.
          </p>
        )}
        <p>No longer released to:</p>
        <ul className={css.list}>
          {bindings.map((binding) => (
            <li key={bindingWords(binding)}>{bindingWords(binding)}</li>
          ))}
        </ul>
        <p>
          {lastUsedAt === undefined ? (
            'It was never used.'
          ) : (
            <>
              Used {counted(uses, 'time')}, last <RelativeTime at={lastUsedAt} />.
            </>
          )}
        </p>
      </div>
    </TaskDialog>
  );
}
