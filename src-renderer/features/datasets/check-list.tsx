// Some of many values: a short list in full, a long one found by typing.
import { useState, type JSX } from 'react';
import { Checkbox } from '../../ui/checkbox.tsx';
import { TextInput } from '../../ui/field.tsx';
import styles from './check-list.module.css';
import { toggled } from './recipe-edit.ts';

export interface CheckListProps {
  readonly label: string;
  readonly values: readonly { readonly value: string; readonly count?: number }[];
  readonly chosen: readonly string[] | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
  /** Said where there is nothing to choose from. */
  readonly none: string;
}

const short = 8;
const shownAtMost = 50;

export function CheckList({ label, values, chosen, onChange, none }: CheckListProps): JSX.Element {
  const [sought, setSought] = useState('');
  const known = new Set(values.map(({ value }) => value));
  // A value the recipe names stays in sight, even where no pair has it any more.
  const gone = (chosen ?? []).filter((value) => !known.has(value)).map((value) => ({ value, count: 0 }));
  const all = [...values, ...gone];
  if (all.length === 0) return <p className={styles.none}>{none}</p>;
  const isLong = all.length > short;
  const found = all
    .filter(({ value }) => value.toLowerCase().includes(sought.toLowerCase()))
    .toSorted(
      (one, two) => Number(chosen?.includes(two.value) === true) - Number(chosen?.includes(one.value) === true),
    );
  return (
    <div className={styles.list}>
      {isLong ? (
        <TextInput
          icon="search"
          aria-label={`Find in ${label.toLowerCase()}`}
          placeholder={`Find among ${String(all.length)}`}
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
      ) : undefined}
      <div className={isLong ? styles.long : styles.values} role="group" aria-label={label}>
        {found.slice(0, shownAtMost).map(({ value, count }) => (
          <Checkbox
            key={value}
            checked={chosen?.includes(value) === true}
            onChange={() => onChange(toggled(chosen, value))}
          >
            <span className={styles.value}>{value}</span>
            {count === undefined ? undefined : <span className={styles.count}> · {count.toLocaleString()}</span>}
          </Checkbox>
        ))}
        {found.length > shownAtMost ? (
          <p className={styles.none}>{(found.length - shownAtMost).toLocaleString()} more: type to find them.</p>
        ) : undefined}
      </div>
    </div>
  );
}
