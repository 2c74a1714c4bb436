// The filters that are on, each with a way off.
import type { ReactNode } from 'react';
import type { TraceFilter } from '#contract/trace';
import { Icon } from '../../ui/icons.tsx';
import { chipsOf, without } from './filter-words.ts';
import css from './filter-chips.module.css';

export interface FilterChipsProps {
  readonly filter: TraceFilter;
  readonly importName: string | undefined;
  readonly onFilter: (filter: TraceFilter) => void;
}

export function FilterChips({ filter, importName, onFilter }: FilterChipsProps): ReactNode {
  const chips = chipsOf(filter, importName);
  if (chips.length === 0) return undefined;
  return (
    <ul className={css.chips} aria-label="Filters">
      {chips.map(({ key, label, value }) => (
        <li key={key} className={css.chip}>
          <span className={css.label}>{label}</span>
          <span className={css.value} title={value}>
            {value}
          </span>
          <button
            type="button"
            className={css.off}
            aria-label={`Take off the filter ${label} ${value}`}
            onClick={() => onFilter(without(filter, key))}
          >
            <Icon name="close" size={12} />
          </button>
        </li>
      ))}
      <li>
        <button type="button" className={css.clear} onClick={() => onFilter({})}>
          Clear all
        </button>
      </li>
    </ul>
  );
}
