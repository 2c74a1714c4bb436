// The offline switch of the status bar: what it stands at in a word, one press to change it, and what stays reachable.
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import type { EgressState } from '#contract/egress';
import { useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { counted } from '../../lib/format.ts';
import { ariaKeys } from '../../lib/keys.ts';
import { problemOf } from '../../lib/problem.ts';
import { useGo } from '../../lib/route.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Popover } from '../../ui/popover.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { AllowEditor } from './allow-editor.tsx';
import css from './offline-switch.module.css';
import { useOfflineCalls, type OfflineCalls } from './use-egress.ts';
import { useRefusals } from './use-refusals.ts';

const keys = 'Mod+Shift+O';

export function OfflineSwitch(): JSX.Element | undefined {
  const { query } = useApi();
  const egress = useQuery(query.egress.state.queryOptions());
  const calls = useOfflineCalls();
  useRefusals(egress.data, calls.setAllowed);
  const state = egress.data;
  const isOffline = state?.isOffline === true;
  useAction({
    id: 'egress.offline',
    title: isOffline ? 'Go online' : 'Go offline',
    section: 'Window',
    keys,
    enabled: state !== undefined && !calls.busy,
    run: () => void calls.setOffline(!isOffline),
  });
  if (state !== undefined) return <Switch state={state} calls={calls} />;
  if (egress.error === null) return undefined;
  return (
    <Tooltip text={`Nobody can say whether Atelier is offline: ${problemOf(egress.error).sentence}`} side="top">
      <button type="button" className={css.item} onClick={() => void egress.refetch()}>
        <Icon name="help" size={14} />
        Online?
      </button>
    </Tooltip>
  );
}

function Switch({ state, calls }: { readonly state: EgressState; readonly calls: OfflineCalls }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const go = useGo();
  const { isOffline, allowed, refusedToday } = state;
  useAction({
    id: 'egress.allowed',
    title: 'Choose what is reached while offline…',
    section: 'Window',
    run: () => setOpen(true),
  });
  const refused = isOffline && refusedToday > 0 ? counted(refusedToday, 'refused', 'refused') : undefined;
  return (
    <div className={css.switch} data-offline={isOffline ? '' : undefined}>
      <Tooltip
        text={
          isOffline
            ? 'Nothing leaves this machine but to the allowed hosts. Go online.'
            : 'Calls leave this machine for the hosts they are meant for. Go offline.'
        }
        keys={keys}
        side="top"
      >
        <button
          type="button"
          className={css.item}
          aria-keyshortcuts={ariaKeys(keys)}
          aria-busy={calls.busy}
          data-testid="offline"
          onClick={() => {
            if (!calls.busy) void calls.setOffline(!isOffline);
          }}
        >
          <Icon name={isOffline ? 'globeOff' : 'globe'} size={14} />
          <span>{isOffline ? 'Offline' : 'Online'}</span>
          {refused === undefined ? undefined : <span className={css.refused}>{refused}</span>}
          <span className={css.hidden}>{isOffline ? 'Go online' : 'Go offline'}</span>
        </button>
      </Tooltip>
      <Popover
        label="What is reached while offline"
        side="top"
        align="end"
        open={isOpen}
        onOpenChange={setOpen}
        trigger={
          <button
            type="button"
            className={css.more}
            aria-label="What is reached while offline"
            title="What is reached while offline"
          >
            <Icon name="chevronUp" size={12} />
          </button>
        }
      >
        <div className={css.panel}>
          <h2 className={css.title}>{isOffline ? 'Offline' : 'Online'}</h2>
          <p className={css.about}>
            {isOffline
              ? 'Whatever Atelier itself sends, calls to models too, is refused, but for these hosts.'
              : 'Everything that leaves through Atelier is written in the ledger. Going offline refuses all but these hosts.'}
          </p>
          <AllowEditor allowed={allowed} busy={calls.busy} onChange={calls.setAllowed} />
          <div className={css.actions}>
            <Button
              look="quiet"
              icon="ledger"
              onClick={() => {
                setOpen(false);
                go.view('egress');
              }}
            >
              Open the ledger
            </Button>
            <Button
              icon={isOffline ? 'globe' : 'globeOff'}
              busy={calls.busy}
              onClick={() => void calls.setOffline(!isOffline)}
            >
              {isOffline ? 'Go online' : 'Go offline'}
            </Button>
          </div>
        </div>
      </Popover>
    </div>
  );
}
