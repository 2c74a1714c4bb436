// The filters above the connections.
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { purposeSchema, type Purpose } from '#contract/egress';
import { useApi } from '../../lib/api.tsx';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Select } from '../../ui/select.tsx';
import css from './filter-bar.module.css';
import type { LedgerChoice } from './ledger-filter.ts';
import { useKeyLabels } from './use-egress.ts';
import { purposeNames } from './words.ts';

export interface FilterBarProps {
  readonly choice: LedgerChoice;
  readonly run: string | undefined;
  readonly gatewayKey: string | undefined;
  readonly onChoice: (choice: LedgerChoice) => void;
  /** Shows it for every run and key again. */
  readonly onEverybody: () => void;
}

const every = '*';
/** How often new hosts are offered, ms. */
const hostsMs = 15_000;

export function FilterBar({ choice, run, gatewayKey, onChoice, onEverybody }: FilterBarProps): JSX.Element {
  const { query } = useApi();
  // Of all that was ever written: too much to ask for with every entry.
  const { data: report } = useQuery(
    query.egress.report.queryOptions({ input: { from: 0 }, meta: { live: false }, refetchInterval: hostsMs }),
  );
  const labels = useKeyLabels();
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
      <Checkbox checked={refusedOnly} onChange={(on) => onChoice({ ...choice, refusedOnly: on })}>
        Refused only
      </Checkbox>
      {run === undefined && gatewayKey === undefined ? undefined : (
        <Button look="quiet" icon="close" onClick={onEverybody}>
          {run === undefined ? `Key ${labels.get(gatewayKey ?? '') ?? ''} only` : `Run ${run.slice(0, 8)} only`}
        </Button>
      )}
    </div>
  );
}
