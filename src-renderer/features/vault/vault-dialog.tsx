// The one dialog of the Vault screen that is open.
import type { JSX } from 'react';
import type { VaultState } from '#contract/vault';
import { AddDialog } from './add-dialog.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { GuardDialog } from './guard-dialog.tsx';
import { ImportDialog, type FoundVariables } from './import-dialog.tsx';
import { AutoLockDialog, ChangePassphraseDialog } from './passphrase-dialogs.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import type { SecretTask } from './secret-inspector.tsx';
import { FinishDialog, ValueDialog } from './value-dialog.tsx';

export type VaultTask =
  | { readonly kind: 'add' | 'passphrase' | 'autoLock' | 'guard' }
  | { readonly kind: SecretTask; readonly secret: string }
  | { readonly kind: 'import'; readonly found: FoundVariables };

export interface VaultDialogProps {
  readonly task: VaultTask;
  readonly state: VaultState;
  readonly onDone: (told: string) => void;
  readonly onAdded: (name: string) => void;
  readonly onClose: () => void;
}

/** Nothing where the secret that it is about has gone. */
export function VaultDialog({ task, state, onDone, onAdded, onClose }: VaultDialogProps): JSX.Element | undefined {
  const told = { onDone, onClose };
  switch (task.kind) {
    case 'add':
      return <AddDialog taken={state.secrets.map(({ name }) => name)} onAdded={onAdded} onClose={onClose} />;
    case 'passphrase':
      return <ChangePassphraseDialog {...told} />;
    case 'autoLock':
      return state.guard?.kind === 'passphrase' ? (
        <AutoLockDialog minutes={state.guard.autoLockMinutes} {...told} />
      ) : undefined;
    case 'guard':
      return <GuardDialog state={state} {...told} />;
    case 'import':
      return <ImportDialog found={task.found} {...told} />;
    default: {
      const secret = state.secrets.find(({ name }) => name === task.secret);
      return secret === undefined ? undefined : <SecretTaskDialog kind={task.kind} secret={secret} {...told} />;
    }
  }
}

function SecretTaskDialog({
  kind,
  ...props
}: {
  readonly kind: SecretTask;
  readonly secret: VaultState['secrets'][number];
  readonly onDone: (told: string) => void;
  readonly onClose: () => void;
}): JSX.Element {
  switch (kind) {
    case 'replace':
    case 'rotate':
      return <ValueDialog way={kind} {...props} />;
    case 'finish':
      return <FinishDialog {...props} />;
    case 'edit':
      return <EditDialog {...props} />;
    case 'remove':
      return <RemoveDialog {...props} />;
  }
}
