// A new passphrase, written twice, with a hint of how hard it is to guess.
import { useImperativeHandle, useRef, useState, type JSX, type Ref } from 'react';
import { Field } from '../../ui/field.tsx';
import { SecretInput, type SecretBox } from './secret-input.tsx';
import { leastLength, strengthOf, type Strength } from './strength.ts';
import css from './passphrase-fields.module.css';

export interface PassphraseHandle {
  /** The passphrase, taken out of the fields; undefined where it cannot be taken, and then the fields say why. */
  readonly take: () => string | undefined;
  /** Back into both fields: it was not kept. */
  readonly putBack: (passphrase: string) => void;
}

const longest = 1024;

export function PassphraseFields({
  label,
  handle,
}: {
  readonly label: string;
  readonly handle: Ref<PassphraseHandle>;
}): JSX.Element {
  const first = useRef<SecretBox>(null);
  const second = useRef<SecretBox>(null);
  const [strength, setStrength] = useState<Strength>();
  const [faults, setFaults] = useState<{ readonly first?: string; readonly second?: string }>({});

  const changed = (): void => {
    const text = first.current?.read() ?? '';
    setStrength(text === '' ? undefined : strengthOf(text));
    setFaults({});
  };
  useImperativeHandle(
    handle,
    () => ({
      take: () => {
        const text = first.current?.read() ?? '';
        if (text.length < leastLength || text.length > longest) {
          setFaults({
            first: text.length > longest ? `At most ${longest} characters.` : `At least ${leastLength} characters.`,
          });
          first.current?.focus();
          return undefined;
        }
        if (second.current?.read() !== text) {
          setFaults({ second: 'The two are not the same. Write it once more.' });
          second.current?.clear();
          second.current?.focus();
          return undefined;
        }
        first.current?.clear();
        second.current.clear();
        setStrength(undefined);
        return text;
      },
      putBack: (passphrase) => {
        first.current?.put(passphrase);
        second.current?.put(passphrase);
        setStrength(strengthOf(passphrase));
      },
    }),
    [],
  );
  return (
    <>
      <Field
        label={label}
        help={<StrengthHint strength={strength} />}
        {...(faults.first === undefined ? {} : { error: faults.first })}
      >
        {(ids) => <SecretInput {...ids} box={first} onChange={changed} />}
      </Field>
      <Field label="The same again" {...(faults.second === undefined ? {} : { error: faults.second })}>
        {(ids) => <SecretInput {...ids} box={second} onChange={() => setFaults({})} />}
      </Field>
    </>
  );
}

/** The bars repeat what the words say. */
function StrengthHint({ strength }: { readonly strength: Strength | undefined }): JSX.Element {
  return (
    <span className={css.hint} data-level={strength?.level}>
      <span className={css.bars} aria-hidden>
        {[1, 2, 3].map((level) => (
          <span key={level} className={css.bar} data-on={(strength?.level ?? 0) >= level ? '' : undefined} />
        ))}
      </span>
      <span role="status">
        {strength === undefined
          ? 'Five or six words that do not belong together are easy to keep and hard to guess.'
          : `${strength.name}. ${strength.hint}`}
      </span>
    </span>
  );
}
