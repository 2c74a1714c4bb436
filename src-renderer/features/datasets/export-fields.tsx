// What is written: trainer, file format, split, masking.
import { useState, type JSX } from 'react';
import { targetSchema, type ExportOptions } from '#contract/dataset';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import styles from './export-fields.module.css';
import { formatNames, targetInfo, targets } from './words.ts';

export interface ExportFieldsProps {
  readonly options: ExportOptions;
  readonly onChange: (options: ExportOptions) => void;
  readonly disabled: boolean;
}

export function ExportFields({ options, onChange, disabled }: ExportFieldsProps): JSX.Element {
  const info = targetInfo(options.target);
  return (
    <fieldset className={styles.fields} disabled={disabled}>
      <Field label="Trainer" help={info.about}>
        {({ id }) => (
          <Select
            id={id}
            disabled={disabled}
            value={options.target}
            options={targets.map(({ target, name }) => ({ value: target, label: name }))}
            onChange={(value) => {
              const target = targetSchema.parse(value);
              const { formats } = targetInfo(target);
              onChange({ ...options, target, format: formats.includes(options.format) ? options.format : 'jsonl' });
            }}
          />
        )}
      </Field>
      <div className={styles.field}>
        <span className={styles.label}>File format</span>
        <Segmented
          label="File format"
          value={options.format}
          disabled={disabled}
          onChange={(format) => onChange({ ...options, format })}
          segments={info.formats.map((format) => ({ value: format, label: formatNames[format] }))}
        />
        {info.formats.length === 1 ? <p className={styles.help}>{info.name} reads JSONL only.</p> : undefined}
      </div>
      <div className={styles.pair}>
        <NumberField
          label="Test share, %"
          value={Math.round(options.split * 100)}
          most={90}
          onChange={(percent) => onChange({ ...options, split: percent / 100 })}
        />
        <NumberField
          label="Seed"
          value={options.seed}
          most={Number.MAX_SAFE_INTEGER}
          onChange={(seed) => onChange({ ...options, seed })}
        />
      </div>
      <p className={styles.help}>
        {options.split === 0
          ? 'One file, nothing held back for testing.'
          : 'Pairs of one group or one conversation stay on one side, so that the test set does not leak. The same seed splits the same way.'}
      </p>
      <Checkbox checked={options.mask} disabled={disabled} onChange={(mask) => onChange({ ...options, mask })}>
        Mask secrets and personal data
      </Checkbox>
    </fieldset>
  );
}

function NumberField({
  label,
  value,
  most,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}): JSX.Element {
  const [text, setText] = useState(String(value));
  const number = /^\d+$/.test(text) ? Number(text) : undefined;
  const wrong = number === undefined || number > most;
  return (
    <Field label={label} {...(wrong ? { error: most === 90 ? '0 to 90' : 'A whole number from 0 on' } : {})}>
      {(ids) => (
        <TextInput
          {...ids}
          inputMode="numeric"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            const next = /^\d+$/.test(event.target.value) ? Number(event.target.value) : undefined;
            if (next !== undefined && next <= most) onChange(next);
          }}
        />
      )}
    </Field>
  );
}
