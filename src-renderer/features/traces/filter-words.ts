// Filters as people read them: one chip for each that is on, and what taking it off leaves. Pure.
import { formatNames, type TraceFilter, type TraceSort } from '#contract/trace';
import { dateText } from '../../lib/days.ts';

export interface FilterChip {
  readonly key: keyof TraceFilter;
  readonly label: string;
  readonly value: string;
}

/** Chips of a filter, in the order of the filter panel. `importName`: how to call the import it is bound to. */
export function chipsOf(filter: TraceFilter, importName: string | undefined): readonly FilterChip[] {
  const chips: FilterChip[] = [];
  const add = (key: keyof TraceFilter, label: string, value: string): void => void chips.push({ key, label, value });
  if (filter.text !== undefined) add('text', 'Text', filter.text);
  if (filter.source !== undefined) add('source', 'Source', listed(filter.source.map((format) => formatNames[format])));
  if (filter.model !== undefined) add('model', 'Model', listed(filter.model));
  if (filter.group !== undefined) add('group', 'Group', listed(filter.group));
  if (filter.score !== undefined) add('score', filter.score.name, scoreText(filter.score));
  if (filter.error !== undefined) add('error', 'Errors', filter.error ? 'with' : 'without');
  if (filter.from !== undefined || filter.to !== undefined) add('from', 'Date', daysText(filter.from, filter.to));
  if (filter.importId !== undefined) add('importId', 'Import', importName ?? filter.importId);
  return chips;
}

/** The filter without one chip. */
export function without(filter: TraceFilter, key: keyof TraceFilter): TraceFilter {
  const rest = { ...filter };
  delete rest[key];
  // One chip stands for both ends of the dates.
  if (key === 'from') delete rest.to;
  return rest;
}

/** The filter with a value set, or taken off where it is undefined or an empty list. */
export function withValue<Key extends keyof TraceFilter>(
  filter: TraceFilter,
  key: Key,
  value: TraceFilter[Key] | undefined,
): TraceFilter {
  const rest = { ...filter };
  if (value === undefined || (Array.isArray(value) && value.length === 0)) delete rest[key];
  else rest[key] = value;
  return rest;
}

/** A list filter with one value put in or taken out. */
export function toggled<Value extends string>(
  values: readonly Value[] | undefined,
  value: Value,
  on: boolean,
): Value[] | undefined {
  const rest = (values ?? []).filter((known) => known !== value);
  const next = on ? [...rest, value] : rest;
  return next.length === 0 ? undefined : next;
}

export function isFiltered(filter: TraceFilter): boolean {
  return Object.keys(filter).length > 0;
}

export const sortNames: Readonly<Record<TraceSort['by'], string>> = {
  position: 'As imported',
  date: 'Date',
  name: 'Name',
  messages: 'Messages',
  duration: 'Duration',
  tokens: 'Tokens',
  score: 'Score',
};

/** The sort after a click on a column: the other way round where it was sorted by it, else the direction that is asked for first. */
export function sortedBy(sort: TraceSort, by: TraceSort['by']): TraceSort {
  if (sort.by === by) return { by, descending: !sort.descending };
  return { by, descending: by !== 'name' && by !== 'position' };
}

function listed(values: readonly string[]): string {
  const [first, second, ...rest] = values;
  if (first === undefined) return 'none';
  if (second === undefined) return first;
  return rest.length === 0 ? `${first}, ${second}` : `${first}, ${second} and ${rest.length} more`;
}

function scoreText({ min, max }: { readonly min?: number | undefined; readonly max?: number | undefined }): string {
  if (min !== undefined && max !== undefined) return min === max ? `${min}` : `${min} to ${max}`;
  if (min !== undefined) return `≥ ${min}`;
  return max === undefined ? 'any' : `≤ ${max}`;
}

function daysText(from: number | undefined, to: number | undefined): string {
  if (from === undefined) return `until ${dateText(to)}`;
  if (to === undefined) return `since ${dateText(from)}`;
  return dateText(from) === dateText(to) ? dateText(from) : `${dateText(from)} to ${dateText(to)}`;
}
