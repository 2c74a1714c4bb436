// What can be changed of a vault with a passphrase: the passphrase, and when it locks itself.
import { useRef, useState, type JSX } from 'react';
import { Field } from '../../ui/field.tsx';
import { TaskDialog } from '../../ui/task-dialog.tsx';
import { AutoLockField } from './auto-lock-field.tsx';
import { PassphraseFields, type PassphraseHandle } from './passphrase-fields.tsx';
import { SecretInput, type SecretBox } from './secret-input.tsx';
import { useVaultCall } from './use-vault.ts';
import { minuteWords } from './words.ts';

interface OneDialogProps {
  readonly onDone: (told: string) => void;
  readonly onClose: () => void;
}

export function ChangePassphraseDialog({ onDone, onClose }: OneDialogProps): JSX.Element {
  const now = useRef<SecretBox>(null);
  const next = useRef<PassphraseHandle>(null);
  const [fault, setFault] = useState<string>();
  const { busy, problem, ask } = useVaultCall();
  const change = async (): Promise<void> => {
    const passphrase = now.current?.read() ?? '';
    if (busy) return;
    if (passphrase === '') {
      setFault('Write the passphrase that opens the vault now.');
      return now.current?.focus();
    }
    const fresh = next.current?.take();
    if (fresh === undefined) return;
    now.current?.clear();
    const state = await ask((vault) => vault.changePassphrase({ passphrase, next: fresh }));
    if (state === undefined) {
      next.current?.putBack(fresh);
      now.current?.focus();
    } else onDone('The passphrase was changed.');
  };
  return (
    <TaskDialog
      width="narrow"
      title="Change the passphrase"
      send={{ label: 'Change it', icon: 'lock' }}
      busy={busy}
      problem={problem}
      failed="It was not changed."
      onSend={() => void change()}
      onClose={onClose}
    >
      <Field label="Passphrase now" {...(fault === undefined ? {} : { error: fault })}>
        {(ids) => <SecretInput {...ids} box={now} onChange={() => setFault(undefined)} />}
      </Field>
      <PassphraseFields label="New passphrase" handle={next} />
    </TaskDialog>
  );
}

export function AutoLockDialog({
  minutes: before,
  onDone,
  onClose,
}: OneDialogProps & { readonly minutes: number }): JSX.Element {
  const [minutes, setMinutes] = useState(before);
  const { busy, problem, ask } = useVaultCall();
  const save = async (): Promise<void> => {
    const state = await ask((vault) => vault.setAutoLock({ autoLockMinutes: minutes }));
    if (state === undefined) return;
    onDone(
      minutes === 0
        ? 'The vault no longer locks itself.'
        : `The vault locks itself after ${minuteWords(minutes)} without use.`,
    );
  };
  return (
    <TaskDialog
      width="narrow"
      title="When the vault locks itself"
      send={{ label: 'Save', icon: 'check' }}
      busy={busy}
      problem={problem}
      failed="Nothing was changed."
      onSend={() => void save()}
      onClose={onClose}
    >
      <AutoLockField minutes={minutes} onChange={setMinutes} />
    </TaskDialog>
  );
}
