// The filters above the connections.
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { purposeSchema, type Purpose } from '#contract/egress';
import { useApi } from '../../lib/api.tsx';
import { shortId } from '../../lib/short-id.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Select } from '../../ui/select.tsx';
import css from './filter-bar.module.css';
import type { LedgerChoice } from './ledger-filter.ts';
import { useKeyLabels } from './use-egress.ts';
import { purposeNames } from './words.ts';

/** For whom something left: one run, or one key of the gateway. */
export interface Behalf {
  readonly run?: string;
  readonly key?: string;
}

export interface FilterBarProps {
  readonly choice: LedgerChoice;
  readonly behalf: Behalf;
  readonly onChoice: (choice: LedgerChoice) => void;
  readonly onBehalf: (behalf: Behalf) => void;
}

const every = '*';
/** How often new hosts are offered, ms. */
const hostsMs = 15_000;

export function FilterBar({ choice, behalf, onChoice, onBehalf }: FilterBarProps): JSX.Element {
  const { query } = useApi();
  // Of all that was ever written: too much to ask for with every entry.
  const { data: report } = useQuery(
    query.egress.report.queryOptions({ input: { from: 0 }, meta: { live: false }, refetchInterval: hostsMs }),
  );
  const { host, purpose, refusedOnly } = choice;
  const hosts = [...new Set([...(host === undefined ? [] : [host]), ...(report?.hosts ?? []).map((one) => one.host)])];
  const setHost = (value: string): void => {
    const { host: _before, ...rest } = choice;
    onChoice(value === every ? rest : { ...rest, host: value });
  };
  const setPurpose = (value: Purpose | typeof every): void => {
    const { purpose: _before, ...rest } = choice;
    onChoice(value === every ? rest : { ...rest, purpose: value });
  };
  return (
    <div className={css.bar} role="group" aria-label="Filter">
      <Select
        label="Host"
        quiet
        value={host ?? every}
        onChange={setHost}
        options={[{ value: every, label: 'Every host' }, ...hosts.map((name) => ({ value: name, label: name }))]}
      />
      <Select<Purpose | typeof every>
        label="Purpose"
        quiet
        value={purpose ?? every}
        onChange={setPurpose}
        options={[
          { value: every, label: 'Every purpose' },
          ...purposeSchema.options.map((value) => ({ value, label: purposeNames[value] })),
        ]}
      />
      <BehalfSelect behalf={behalf} onBehalf={onBehalf} />
      <Checkbox checked={refusedOnly} onChange={(on) => onChoice({ ...choice, refusedOnly: on })}>
        Refused only
      </Checkbox>
    </div>
  );
}

const runsOffered = 50;

function BehalfSelect({ behalf, onBehalf }: Pick<FilterBarProps, 'behalf' | 'onBehalf'>): JSX.Element {
  const { query } = useApi();
  const { data } = useQuery(query.runs.list.queryOptions({ input: { filter: {}, limit: runsOffered } }));
  const labels = useKeyLabels();
  const { run, key } = behalf;
  const items = data?.items ?? [];
  const pick = (value: string): void => {
    if (value === every) onBehalf({});
    else if (value.startsWith('run ')) onBehalf({ run: value.slice(4) });
    else onBehalf({ key: value.slice(4) });
  };
  const isOld = run !== undefined && !items.some(({ id }) => id === run);
  return (
    <Select
      label="On whose behalf"
      quiet
      value={run !== undefined ? `run ${run}` : key !== undefined ? `key ${key}` : every}
      onChange={pick}
      options={[
        { value: every, label: 'Every run and key' },
        ...(key === undefined || labels.has(key) ? [] : [{ value: `key ${key}`, label: `Key ${shortId(key)}` }]),
        ...[...labels].map(([id, label]) => ({ value: `key ${id}`, label: `Key ${label}` })),
        ...(isOld ? [{ value: `run ${run}`, label: `Run ${shortId(run)}` }] : []),
        ...items.map(({ id, agent, title }) => ({
          value: `run ${id}`,
          label: `Run ${shortId(id)}`,
          detail: title === '' ? agent : `${agent}: ${title}`,
        })),
      ]}
    />
  );
}
