// After how long without use a passphrase vault locks itself.
import type { JSX } from 'react';
import { Field } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import { autoLockChoices, minuteWords } from './words.ts';

export interface AutoLockFieldProps {
  readonly minutes: number;
  readonly onChange: (minutes: number) => void;
}

export function AutoLockField({ minutes, onChange }: AutoLockFieldProps): JSX.Element {
  const choices: readonly number[] = autoLockChoices;
  const shown = choices.includes(minutes) ? choices : [minutes, ...choices];
  return (
    <Field
      label="Lock itself after"
      help={
        minutes === 0
          ? 'It stays open until you lock it or quit, also when nobody is at the machine.'
          : 'Time without any use. While it is locked no call with a secret can be made.'
      }
    >
      {({ id }) => (
        <Select
          id={id}
          value={String(minutes)}
          options={shown.map((choice) => ({ value: String(choice), label: minuteWords(choice) }))}
          onChange={(value) => onChange(Number(value))}
        />
      )}
    </Field>
  );
}
