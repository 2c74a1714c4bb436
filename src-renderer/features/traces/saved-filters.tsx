// Filters kept under a name: apply, keep the present one, remove with undo.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { SavedFilter } from '#contract/trace';
import { useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { useToast } from '../../lib/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { chipsOf, isFiltered, sortNames } from './filter-words.ts';
import type { ListView } from './list-memory.ts';
import css from './saved-filters.module.css';

export interface SavedFiltersProps {
  readonly view: ListView;
  readonly onView: (view: ListView) => void;
}

export function SavedFilters({ view, onView }: SavedFiltersProps): ReactNode {
  const { client, query } = useApi();
  const queries = useQueryClient();
  const toast = useToast();
  const [isOpen, setOpen] = useState(false);
  const [isNaming, setNaming] = useState(false);
  const saved = useQuery(query.traces.savedFilters.queryOptions());
  const keep = (filters: readonly SavedFilter[]): void => {
    queries.setQueryData(query.traces.savedFilters.queryKey(), filters);
  };
  const save = useMutation({
    mutationFn: (filter: SavedFilter) => client.traces.saveFilter(filter),
    onSuccess: keep,
    onError: (error) => toast({ text: 'The filter was not saved.', problem: problemOf(error) }),
  });
  const remove = useMutation({
    mutationFn: (filter: SavedFilter) => client.traces.removeFilter({ name: filter.name }),
    onSuccess: (filters, filter) => {
      keep(filters);
      toast({ text: `Filter “${filter.name}” removed.`, undo: () => save.mutate(filter) });
    },
    onError: (error) => toast({ text: 'The filter was not removed.', problem: problemOf(error) }),
  });
  const canSave = isFiltered(view.filter);
  useAction({
    id: 'traces.save-filter',
    title: 'Save this filter',
    section: 'Traces',
    enabled: canSave,
    run: () => setNaming(true),
  });
  const filters = saved.data ?? [];
  return (
    <>
      <Popover
        label="Saved filters"
        align="end"
        open={isOpen}
        onOpenChange={setOpen}
        trigger={<IconButton icon="star" label="Saved filters" />}
      >
        <div className={css.panel}>
          {saved.isError ? (
            <p className={css.none}>The saved filters cannot be read: {problemOf(saved.error).sentence}</p>
          ) : filters.length === 0 ? (
            <p className={css.none}>No filter is saved yet. Set one, then keep it here under a name.</p>
          ) : (
            <ul className={css.list}>
              {filters.map((filter) => (
                <li key={filter.name} className={css.item}>
                  <button
                    type="button"
                    className={css.apply}
                    onClick={() => {
                      onView({ filter: filter.filter, sort: filter.sort });
                      setOpen(false);
                    }}
                  >
                    <span className={css.name}>{filter.name}</span>
                    <span className={css.what}>{wordsOf(filter)}</span>
                  </button>
                  <IconButton
                    small
                    icon="trash"
                    label={`Remove ${filter.name}`}
                    onClick={() => remove.mutate(filter)}
                  />
                </li>
              ))}
            </ul>
          )}
          <Button
            icon="plus"
            look="quiet"
            disabled={!canSave}
            onClick={() => {
              setOpen(false);
              setNaming(true);
            }}
          >
            Save this filter…
          </Button>
        </div>
      </Popover>
      {isNaming ? (
        <NameDialog
          taken={filters.map(({ name }) => name)}
          words={wordsOf(view)}
          onClose={() => setNaming(false)}
          onName={(name) => {
            save.mutate({ name, filter: view.filter, sort: view.sort });
            setNaming(false);
          }}
        />
      ) : undefined}
    </>
  );
}

function NameDialog({
  taken,
  words,
  onClose,
  onName,
}: {
  readonly taken: readonly string[];
  readonly words: string;
  readonly onClose: () => void;
  readonly onName: (name: string) => void;
}): ReactNode {
  const [name, setName] = useState('');
  const given = name.trim();
  const replaces = taken.includes(given);
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Save this filter"
      description={words}
      width="narrow"
    >
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (given !== '') onName(given);
        }}
      >
        <Field label="Name" {...(replaces ? { help: 'Replaces the saved filter of this name.' } : {})}>
          {(ids) => (
            <TextInput {...ids} maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <div className={css.buttons}>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" disabled={given === ''}>
            {replaces ? 'Replace' : 'Save'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function wordsOf({ filter, sort }: ListView): string {
  const chips = chipsOf(filter, 'one import').map(({ label, value }) => `${label} ${value}`);
  return [...chips, `sorted by ${sortNames[sort.by].toLowerCase()}`].join(', ');
}
