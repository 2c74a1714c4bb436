// What is kept beside a secret's value: a day to replace it by, and a note.
import type { JSX } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field, TextArea, TextInput } from '../../ui/field.tsx';
import css from './about-fields.module.css';
import { dateIn } from './words.ts';

export interface AboutDraft {
  /** As a date field holds it; '' for no reminder. */
  readonly date: string;
  readonly note: string;
}

export const longestNote = 500;
const offers = [
  { days: 90, label: 'In 90 days' },
  { days: 365, label: 'In a year' },
] as const;

export function AboutFields({
  about,
  onChange,
}: {
  readonly about: AboutDraft;
  readonly onChange: (about: AboutDraft) => void;
}): JSX.Element {
  const setDate = (date: string): void => onChange({ ...about, date });
  return (
    <>
      <Field label="Replace by" help="A reminder and no more: the secret works on after that day.">
        {(ids) => (
          <div className={css.date}>
            <TextInput {...ids} type="date" value={about.date} onChange={(event) => setDate(event.target.value)} />
            {offers.map(({ days, label }) => (
              <Button key={days} look="quiet" onClick={() => setDate(dateIn(days, Date.now()))}>
                {label}
              </Button>
            ))}
            {about.date === '' ? undefined : (
              <Button look="quiet" onClick={() => setDate('')}>
                No reminder
              </Button>
            )}
          </div>
        )}
      </Field>
      <Field label="Note" help="Whose account, where to renew it. Never the value: a note is shown.">
        {(ids) => (
          <TextArea
            {...ids}
            rows={2}
            maxLength={longestNote}
            value={about.note}
            onChange={(event) => onChange({ ...about, note: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
