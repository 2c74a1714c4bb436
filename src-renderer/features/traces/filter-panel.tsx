// Every filter of the list in one panel; each change counts at once.
import { useMemo, useState, type ReactNode } from 'react';
import { formatNames, type TraceFacets, type TraceFilter } from '#contract/trace';
import { dateText, endOfDate, startOfDate } from '../../lib/days.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { toggled, withValue } from './filter-words.ts';
import css from './filter-panel.module.css';

export interface FilterPanelProps {
  readonly facets: TraceFacets;
  readonly filter: TraceFilter;
  readonly onFilter: (filter: TraceFilter) => void;
}

/** More values than this get a box to search them by. */
const searchAbove = 8;
/** Values listed at once: a person searches before they scroll further. */
const most = 200;
/** "task 2" before "task 10". */
const inOrder = new Intl.Collator(undefined, { numeric: true });

export function FilterPanel({ facets, filter, onFilter }: FilterPanelProps): ReactNode {
  const sources = facets.sources.map(({ value, count }) => ({ value, count, name: formatNames[value] }));
  const named = (values: TraceFacets['models']): readonly Choice<string>[] =>
    values
      .map(({ value, count }) => ({ value, count, name: value }))
      .toSorted((one, two) => inOrder.compare(one.name, two.name));
  return (
    <div className={css.panel}>
      <Values
        title="Source"
        choices={sources}
        chosen={filter.source}
        onChosen={(source) => onFilter(withValue(filter, 'source', source))}
      />
      <Values
        title="Model"
        choices={named(facets.models)}
        chosen={filter.model}
        onChosen={(model) => onFilter(withValue(filter, 'model', model))}
      />
      <Values
        title="Group"
        choices={named(facets.groups)}
        chosen={filter.group}
        onChosen={(group) => onFilter(withValue(filter, 'group', group))}
      />
      <ScoreFilter facets={facets} filter={filter} onFilter={onFilter} />
      <section className={css.section}>
        <h3 className={css.title}>Errors</h3>
        <Segmented
          label="Errors"
          value={filter.error === undefined ? 'any' : filter.error ? 'with' : 'without'}
          onChange={(value) => onFilter(withValue(filter, 'error', value === 'any' ? undefined : value === 'with'))}
          segments={[
            { value: 'any', label: 'All' },
            { value: 'with', label: `With (${facets.errors.toLocaleString()})` },
            { value: 'without', label: 'Without' },
          ]}
        />
      </section>
      <section className={css.section}>
        <h3 className={css.title}>Date</h3>
        <div className={css.pair}>
          <Field label="From" hideLabel>
            {(ids) => (
              <TextInput
                {...ids}
                type="date"
                value={dateText(filter.from)}
                onChange={(event) => onFilter(withValue(filter, 'from', startOfDate(event.target.value)))}
              />
            )}
          </Field>
          <span className={css.to}>to</span>
          <Field label="To" hideLabel>
            {(ids) => (
              <TextInput
                {...ids}
                type="date"
                value={dateText(filter.to)}
                onChange={(event) => onFilter(withValue(filter, 'to', endOfDate(event.target.value)))}
              />
            )}
          </Field>
        </div>
        <p className={css.help}>By the trace&apos;s start, or its import where no time was recorded.</p>
      </section>
    </div>
  );
}

interface Choice<Value extends string> {
  readonly value: Value;
  readonly name: string;
  readonly count: number;
}

function Values<Value extends string>({
  title,
  choices,
  chosen,
  onChosen,
}: {
  readonly title: string;
  readonly choices: readonly Choice<Value>[];
  readonly chosen: readonly Value[] | undefined;
  readonly onChosen: (chosen: Value[] | undefined) => void;
}): ReactNode {
  const [search, setSearch] = useState('');
  const found = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return wanted === '' ? choices : choices.filter(({ name }) => name.toLowerCase().includes(wanted));
  }, [choices, search]);
  if (choices.length === 0) return undefined;
  return (
    <section className={css.section}>
      <h3 className={css.title}>{title}</h3>
      {choices.length > searchAbove ? (
        <TextInput
          icon="search"
          aria-label={`Search ${title.toLowerCase()}s`}
          placeholder={`Search ${choices.length.toLocaleString()} ${title.toLowerCase()}s`}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      ) : undefined}
      <ul className={css.values} aria-label={title}>
        {found.slice(0, most).map(({ value, name, count }) => (
          <li key={value} className={css.value}>
            <Checkbox
              checked={chosen?.includes(value) ?? false}
              onChange={(on) => onChosen(toggled(chosen, value, on))}
            >
              <span className={css.name} title={name}>
                {name}
              </span>
            </Checkbox>
            <span className={css.count}>{count.toLocaleString()}</span>
          </li>
        ))}
        {found.length === 0 ? <li className={css.help}>None by that name.</li> : undefined}
        {found.length > most ? (
          <li className={css.help}>{(found.length - most).toLocaleString()} more: search for them.</li>
        ) : undefined}
      </ul>
    </section>
  );
}

const anyScore = '';

function ScoreFilter({ facets, filter, onFilter }: FilterPanelProps): ReactNode {
  const { score } = filter;
  if (facets.scores.length === 0) return undefined;
  const facet = facets.scores.find(({ name }) => name === score?.name);
  const setBound = (bound: 'min' | 'max', text: string): void => {
    if (score === undefined) return;
    const rest = { ...score };
    delete rest[bound];
    const value = Number(text);
    const isGiven = text.trim() !== '' && Number.isFinite(value);
    onFilter(withValue(filter, 'score', isGiven ? { ...rest, [bound]: value } : rest));
  };
  return (
    <section className={css.section}>
      <h3 className={css.title}>Score</h3>
      <Select
        label="Score"
        value={score?.name ?? anyScore}
        placeholder="Any"
        onChange={(name) => onFilter(withValue(filter, 'score', name === anyScore ? undefined : { name }))}
        options={facets.scores.map(({ name, min, max, count }) => ({
          value: name,
          label: name,
          detail: `${min} to ${max}, ${count.toLocaleString()}`,
        }))}
      />
      {score === undefined ? undefined : (
        <div className={css.pair}>
          {(['min', 'max'] as const).map((bound, index) => (
            <span key={bound} className={css.bound}>
              {index === 1 ? <span className={css.to}>to</span> : undefined}
              <TextInput
                aria-label={bound === 'min' ? 'At least' : 'At most'}
                inputMode="decimal"
                placeholder={facet === undefined ? '' : String(facet[bound])}
                defaultValue={score[bound] ?? ''}
                onChange={(event) => setBound(bound, event.target.value)}
              />
            </span>
          ))}
        </div>
      )}
    </section>
  );
}
