// The conditions on pairs, as fields: for the queue and for the list.
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import { pairKindSchema, type PairFilter } from '#contract/pair';
import { useApi } from '../../lib/api.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import styles from './filter-fields.module.css';
import { kindHelp, kindNames } from './queue-words.ts';

export interface FilterFieldsProps {
  readonly filter: PairFilter;
  readonly onChange: (filter: PairFilter) => void;
}

/** Groups shown at a time; more are found by typing. */
const groupsShown = 60;
const anybody = 'anybody';

export function FilterFields({ filter, onChange }: FilterFieldsProps): JSX.Element {
  const { query } = useApi();
  const facets = useQuery(query.pairs.facets.queryOptions({}));
  const annotators = useQuery(query.labels.annotators.queryOptions({}));
  const countOf = (kind: string): string => {
    const count = facets.data?.kinds.find(({ value }) => value === kind)?.count;
    return count === undefined ? '' : ` · ${count.toLocaleString()}`;
  };
  const labelledValue = filter.labelled === undefined ? 'any' : `${filter.labelled}:${filter.annotator ?? anybody}`;
  const labelledOptions = [
    { value: 'any', label: 'All pairs' },
    { value: `no:${anybody}`, label: 'Labelled by nobody' },
    { value: `yes:${anybody}`, label: 'Labelled by somebody' },
    ...(annotators.data ?? []).map(({ name }) => ({ value: `yes:${name}`, label: `Labelled by ${name}` })),
  ];
  const setLabelled = (value: string): void => {
    const { labelled: _labelled, annotator: _annotator, ...rest } = filter;
    const [labelled, name] = [value.slice(0, value.indexOf(':')), value.slice(value.indexOf(':') + 1)];
    if (labelled !== 'yes' && labelled !== 'no') onChange(rest);
    else onChange({ ...rest, labelled, ...(name === anybody ? {} : { annotator: name }) });
  };
  return (
    <div className={styles.fields}>
      <fieldset className={styles.set}>
        <legend className={styles.legend}>Kind</legend>
        {pairKindSchema.options.map((kind) => (
          <div key={kind} title={kindHelp[kind]}>
            <Checkbox
              checked={filter.kind?.includes(kind) === true}
              onChange={(on) => onChange({ ...filter, kind: withValue(filter.kind, kind, on) })}
            >
              {kindNames[kind]}
              <span className={styles.count}>{countOf(kind)}</span>
            </Checkbox>
          </div>
        ))}
      </fieldset>
      <Field label="Text in either side">
        {(ids) => (
          <TextInput
            {...ids}
            icon="search"
            value={filter.text ?? ''}
            maxLength={1000}
            onChange={(event) => onChange({ ...filter, text: event.target.value })}
          />
        )}
      </Field>
      <Field label="Labels so far">
        {({ id }) => <Select id={id} value={labelledValue} onChange={setLabelled} options={labelledOptions} />}
      </Field>
      <Groups
        groups={facets.data?.groups ?? []}
        chosen={filter.group ?? []}
        onChange={(group) => onChange({ ...filter, group: [...group] })}
      />
    </div>
  );
}

function Groups({
  groups,
  chosen,
  onChange,
}: {
  readonly groups: readonly { readonly value: string; readonly count: number }[];
  readonly chosen: readonly string[];
  readonly onChange: (groups: readonly string[]) => void;
}): JSX.Element | undefined {
  const [sought, setSought] = useState('');
  if (groups.length === 0) return undefined;
  const found = groups.filter(({ value }) => value.toLowerCase().includes(sought.toLowerCase()));
  const shown = found.slice(0, groupsShown);
  return (
    <fieldset className={styles.set}>
      <legend className={styles.legend}>Group{chosen.length === 0 ? '' : `: ${String(chosen.length)} chosen`}</legend>
      {groups.length > 12 ? (
        <TextInput
          aria-label="Find a group"
          placeholder="Find a group"
          icon="search"
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
      ) : undefined}
      <div className={styles.groups}>
        {shown.map(({ value, count }) => (
          <Checkbox
            key={value}
            checked={chosen.includes(value)}
            onChange={(on) => onChange(withValue(chosen, value, on))}
          >
            <span className={styles.group} title={value}>
              {value}
            </span>
            <span className={styles.count}> · {count.toLocaleString()}</span>
          </Checkbox>
        ))}
        {found.length > shown.length ? (
          <p className={styles.count}>{(found.length - shown.length).toLocaleString()} more: type to find them.</p>
        ) : undefined}
      </div>
    </fieldset>
  );
}

function withValue<T>(values: readonly T[] | undefined, value: T, on: boolean): T[] {
  const others = (values ?? []).filter((known) => known !== value);
  return on ? [...others, value] : others;
}
