// The first step: who keeps the secrets. Both ways say what they guard against and what not; nothing is chosen beforehand.
import { useRef, useState, type JSX } from 'react';
import type { VaultState } from '#contract/vault';
import { useToast } from '../../lib/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { AutoLockField } from './auto-lock-field.tsx';
import css from './choose-guard.module.css';
import { PassphraseFields, type PassphraseHandle } from './passphrase-fields.tsx';
import { useVaultCall } from './use-vault.ts';
import { usualAutoLock } from './words.ts';

export function ChooseGuard({ keychain }: { readonly keychain: VaultState['keychain'] }): JSX.Element {
  return (
    <div className={css.page}>
      <div className={css.head}>
        <h1 className={css.heading}>Who keeps your secrets?</h1>
        <p className={css.about}>
          The vault holds keys of model providers and of tools. A value goes in and never comes out to a screen, a log
          or an agent: Atelier puts it into the requests it is bound to and nowhere else. The vault is yours, not the
          workspace’s.
        </p>
      </div>
      <div className={css.ways}>
        <KeychainWay keychain={keychain} />
        <PassphraseWay isOnly={!keychain.isThere} />
      </div>
    </div>
  );
}

function KeychainWay({ keychain }: { readonly keychain: VaultState['keychain'] }): JSX.Element {
  const toast = useToast();
  const { busy, problem, ask } = useVaultCall();
  const choose = async (): Promise<void> => {
    const state = await ask((vault) => vault.chooseKeychain({}));
    if (state?.guard !== undefined) toast({ text: `${state.guard.name} keeps the secrets from now on.` });
  };
  return (
    <section className={css.way} aria-labelledby="way-keychain">
      <h2 id="way-keychain" className={css.title}>
        <Icon name="shield" />
        The system’s keychain
      </h2>
      <p className={css.name}>{keychain.name}</p>
      <ul className={css.points}>
        <Point good>Opens with your login: nothing to type here.</Point>
        <Point good>Guards against someone who reads the disk of the machine that is off.</Point>
        <Point>Other programs that you run may be able to read it while you are logged in.</Point>
      </ul>
      {keychain.isThere ? undefined : (
        <p className={css.why}>
          <Icon name="warn" size={14} />
          <span>Not possible here: {keychain.why ?? 'this system offers no keychain.'}</span>
        </p>
      )}
      {problem === undefined ? undefined : <ProblemNote title="The keychain was not taken." problem={problem} />}
      <Button
        className={css.choose}
        icon="shield"
        disabled={!keychain.isThere}
        busy={busy}
        onClick={() => void choose()}
      >
        Use the keychain
      </Button>
    </section>
  );
}

function PassphraseWay({ isOnly }: { readonly isOnly: boolean }): JSX.Element {
  const toast = useToast();
  const fields = useRef<PassphraseHandle>(null);
  const [autoLockMinutes, setAutoLock] = useState(usualAutoLock);
  const { busy, problem, ask } = useVaultCall();
  const choose = async (): Promise<void> => {
    const passphrase = busy ? undefined : fields.current?.take();
    if (passphrase === undefined) return;
    const state = await ask((vault) => vault.choosePassphrase({ passphrase, autoLockMinutes }));
    if (state === undefined) fields.current?.putBack(passphrase);
    else toast({ text: 'Your passphrase guards the secrets from now on. The vault is open.' });
  };
  return (
    <form
      className={css.way}
      aria-labelledby="way-passphrase"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void choose();
      }}
    >
      <h2 id="way-passphrase" className={css.title}>
        <Icon name="lock" />A passphrase of yours
      </h2>
      <p className={css.name}>An encrypted file (scrypt, AES-256-GCM)</p>
      <ul className={css.points}>
        <Point good>Guards against everyone who has the file but not the passphrase, other programs too.</Point>
        <Point good>Locks itself when you are away.</Point>
        <Point>You type it after each start. Who forgets it must put every secret in again.</Point>
      </ul>
      <PassphraseFields label="Passphrase" handle={fields} />
      <AutoLockField minutes={autoLockMinutes} onChange={setAutoLock} />
      {problem === undefined ? undefined : <ProblemNote title="No vault was made." problem={problem} />}
      <Button className={css.choose} look={isOnly ? 'main' : 'plain'} type="submit" icon="lock" busy={busy}>
        Use a passphrase
      </Button>
    </form>
  );
}

function Point({ good, children }: { readonly good?: boolean; readonly children: string }): JSX.Element {
  return (
    <li className={css.point}>
      <Icon name={good === true ? 'check' : 'info'} size={14} label={good === true ? 'Good:' : 'Mind:'} />
      <span>{children}</span>
    </li>
  );
}
