// The passphrase that opens the vault; after wrong ones, how long until the next try.
import { useEffect, useRef, useState, type JSX } from 'react';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { SecretInput, type SecretBox } from './secret-input.tsx';
import css from './unlock-form.module.css';
import { useVaultCall } from './use-vault.ts';
import { waitWords } from './words.ts';

const everyMs = 500;

/** `waitUntil`: epoch ms. `takesFocus`: it appears because somebody locked the vault here. */
export function UnlockForm({
  waitUntil,
  takesFocus,
  onOpen,
}: {
  readonly waitUntil: number | undefined;
  readonly takesFocus: boolean;
  readonly onOpen: () => void;
}): JSX.Element {
  const box = useRef<SecretBox>(null);
  const [fault, setFault] = useState<string>();
  const { busy, problem, clearProblem, ask } = useVaultCall();
  useEffect(() => {
    if (takesFocus || document.activeElement === document.body) box.current?.focus();
  }, [takesFocus]);
  const wait = waitWords(waitUntil, useNow(everyMs));
  const unlock = async (): Promise<void> => {
    if (busy || wait !== undefined) return;
    const passphrase = box.current?.read() ?? '';
    if (passphrase === '') return setFault('Write the passphrase.');
    box.current?.clear();
    const state = await ask((vault) => vault.unlock({ passphrase }));
    if (state === undefined) box.current?.focus();
    else onOpen();
  };
  // How long to wait is told by the button, which counts.
  const hint = waitUntil === undefined && problem?.hint !== undefined ? ` ${problem.hint}` : '';
  const wrong = fault ?? (problem === undefined ? undefined : `${problem.sentence}${hint}`);
  return (
    <form
      className={css.form}
      autoComplete="off"
      aria-label="Unlock the vault"
      onSubmit={(event) => {
        event.preventDefault();
        void unlock();
      }}
    >
      <Field label="Passphrase" {...(wrong === undefined ? {} : { error: wrong })}>
        {(ids) => (
          <div className={css.line}>
            <SecretInput
              {...ids}
              box={box}
              onChange={() => {
                setFault(undefined);
                clearProblem();
              }}
            />
            <Button type="submit" look="main" icon="unlock" busy={busy} disabled={wait !== undefined}>
              {wait === undefined ? 'Unlock' : `Next try in ${wait}`}
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}
