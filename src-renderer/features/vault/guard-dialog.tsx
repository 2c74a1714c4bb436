// Another guard for the secrets: they move to it, and the one before forgets them.
import { useRef, useState, type JSX } from 'react';
import type { VaultState } from '#contract/vault';
import { counted } from '../../lib/format.ts';
import { TaskDialog } from '../../ui/task-dialog.tsx';
import { AutoLockField } from './auto-lock-field.tsx';
import { PassphraseFields, type PassphraseHandle } from './passphrase-fields.tsx';
import { useVaultCall } from './use-vault.ts';
import css from './vault-dialogs.module.css';
import { usualAutoLock } from './words.ts';

export interface GuardDialogProps {
  readonly state: VaultState;
  readonly onDone: (told: string) => void;
  readonly onClose: () => void;
}

export function GuardDialog({ state, onDone, onClose }: GuardDialogProps): JSX.Element {
  const fields = useRef<PassphraseHandle>(null);
  const [autoLockMinutes, setAutoLock] = useState(usualAutoLock);
  const { busy, problem, ask } = useVaultCall();
  const { keychain, secrets } = state;
  const toPassphrase = state.guard?.kind === 'keychain';
  const isPossible = toPassphrase || keychain.isThere;
  const many = secrets.length === 0 ? 'There is no secret to move.' : `${counted(secrets.length, 'secret')} will move.`;

  const move = async (): Promise<void> => {
    if (busy) return;
    if (!toPassphrase) {
      const next = await ask((vault) => vault.chooseKeychain({ move: true }));
      if (next !== undefined) onDone(`${keychain.name} keeps the secrets from now on.`);
      return;
    }
    const passphrase = fields.current?.take();
    if (passphrase === undefined) return;
    const next = await ask((vault) => vault.choosePassphrase({ passphrase, autoLockMinutes, move: true }));
    if (next === undefined) fields.current?.putBack(passphrase);
    else onDone('Your passphrase guards the secrets from now on. The vault is open.');
  };
  return (
    <TaskDialog
      width="narrow"
      title={toPassphrase ? 'Guard the secrets with a passphrase' : 'Give the secrets to the keychain'}
      description={`${many} The guard they are with now forgets them.`}
      send={{
        label: toPassphrase ? 'Use a passphrase' : 'Use the keychain',
        icon: toPassphrase ? 'lock' : 'shield',
        disabled: !isPossible,
      }}
      busy={busy}
      problem={problem}
      failed="The secrets stay where they are."
      onSend={() => void move()}
      onClose={onClose}
    >
      {toPassphrase ? (
        <>
          <PassphraseFields label="Passphrase" handle={fields} />
          <AutoLockField minutes={autoLockMinutes} onChange={setAutoLock} />
        </>
      ) : (
        <p className={css.text}>
          {keychain.isThere
            ? `${keychain.name} opens with your login, so there is nothing to type. Other programs that you run may be able to read it while you are logged in.`
            : `${keychain.name} does not work here: ${keychain.why ?? 'this system offers no keychain.'}`}
        </p>
      )}
    </TaskDialog>
  );
}
