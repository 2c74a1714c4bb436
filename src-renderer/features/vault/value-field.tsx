// The value of a secret: typed, pasted or read from a file; only its length is shown.
import { useImperativeHandle, useRef, useState, type JSX, type Ref } from 'react';
import { counted } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { SecretInput, type SecretBox } from './secret-input.tsx';
import { checkValue } from './secret-value.ts';
import css from './value-field.module.css';

export interface ValueFieldHandle {
  /** The value, taken out of the field; undefined where it cannot be a secret, and then the field says why. */
  readonly take: () => string | undefined;
  /** Back into the field: it was not kept. */
  readonly putBack: (value: string) => void;
}

export interface ValueFieldProps {
  readonly label: string;
  readonly help: string;
  readonly handle: Ref<ValueFieldHandle>;
}

/** A file larger than this holds no key, bytes. */
const largestFile = 1_000_000;

export function ValueField({ label, help, handle }: ValueFieldProps): JSX.Element {
  const box = useRef<SecretBox>(null);
  const file = useRef<HTMLInputElement>(null);
  const [length, setLength] = useState(0);
  const [fault, setFault] = useState<string>();

  const changed = (): void => {
    setLength((box.current?.read() ?? '').trim().length);
    setFault(undefined);
  };
  const put = (text: string): void => {
    const checked = checkValue(text);
    if (!checked.ok) return setFault(checked.fault);
    box.current?.put(checked.value);
    changed();
  };
  const readFile = async (picked: File): Promise<void> => {
    if (picked.size > largestFile) return setFault(`${picked.name} is too large to be a secret.`);
    try {
      put(await picked.text());
      box.current?.focus();
    } catch {
      setFault(`${picked.name} cannot be read.`);
    }
  };
  useImperativeHandle(
    handle,
    () => ({
      take: () => {
        const checked = checkValue(box.current?.read() ?? '');
        if (!checked.ok) {
          setFault(checked.fault);
          box.current?.focus();
          return undefined;
        }
        box.current?.clear();
        setLength(0);
        return checked.value;
      },
      putBack: (value) => {
        box.current?.put(value);
        setLength(value.length);
      },
    }),
    [],
  );
  return (
    <Field
      label={label}
      help={length === 0 ? help : `${counted(length, 'character')}. ${help}`}
      {...(fault === undefined ? {} : { error: fault })}
    >
      {(ids) => (
        <div className={css.line}>
          <SecretInput {...ids} box={box} onChange={changed} onLines={put} />
          <Button icon="file" onClick={() => file.current?.click()}>
            From a file…
          </Button>
          <input
            ref={file}
            type="file"
            hidden
            aria-hidden
            tabIndex={-1}
            data-testid="value-file"
            onChange={(event) => {
              const [picked] = event.target.files ?? [];
              event.target.value = '';
              if (picked !== undefined) void readFile(picked);
            }}
          />
        </div>
      )}
    </Field>
  );
}
