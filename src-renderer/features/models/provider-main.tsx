// One provider: how it stands, its settings, and a place to try it; or the form of a new one.
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { ProviderState } from '#contract/model';
import { useApi } from '../../lib/api.tsx';
import { useGo } from '../../lib/route.tsx';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { PartHead } from './part-head.tsx';
import { emptyDraft, draftOf } from './provider-draft.ts';
import { ProviderForm } from './provider-form.tsx';
import css from './provider-main.module.css';
import { TryPane } from './try-pane.tsx';
import { useTrial } from './use-trial.ts';
import { dialectNames, hostOf, standingOf } from './words.ts';

export type ProviderTab = 'settings' | 'try';

export interface ProviderMainProps {
  readonly provider: ProviderState;
  readonly tab: ProviderTab;
  readonly onTab: (tab: ProviderTab) => void;
  readonly onRemove: () => void;
}

const everyMs = 1000;

export function ProviderMain({ provider, tab, onTab, onRemove }: ProviderMainProps): JSX.Element {
  const { name, settings } = provider;
  // Here, so that a look at the settings does not end a call.
  const trial = useTrial(settings.models?.[0] ?? '');
  return (
    <div className={css.main}>
      <header className={css.head}>
        <div className={css.names} data-selectable="">
          <h1 className={css.title}>{name}</h1>
          <p className={css.about}>
            {dialectNames[settings.dialect]} at {hostOf(settings.url)}
          </p>
        </div>
        <Menu
          align="end"
          items={[{ label: 'Remove…', icon: 'trash', keys: 'Delete', danger: true, onSelect: onRemove }]}
        >
          <IconButton icon="more" label="More" />
        </Menu>
      </header>
      <StandingBar provider={provider} />
      <Tabs
        label={name}
        value={tab}
        onChange={onTab}
        tabs={[
          {
            value: 'settings',
            label: 'Settings',
            content: <ProviderForm name={name} saved={draftOf(name, settings)} onTry={() => onTab('try')} />,
          },
          {
            value: 'try',
            label: 'Try it',
            content: <TryPane provider={name} models={settings.models ?? []} canAsk trial={trial} />,
          },
        ]}
      />
    </div>
  );
}

/** Always there, so that nothing below it moves when a call begins. */
function StandingBar({ provider }: { readonly provider: ProviderState }): JSX.Element {
  const go = useGo();
  const { query } = useApi();
  const vault = useQuery(query.vault.state.queryOptions());
  const standing = standingOf(provider, useNow(everyMs));
  const { secret } = provider.settings;
  const isThere = vault.data?.secrets.some(({ name }) => name === secret) === true;
  return (
    <div className={css.standing} data-tone={standing.tone} role="status">
      <Icon name={standing.icon} />
      <p className={css.words}>
        <b>{standing.words}</b>
        {standing.detail === undefined ? (
          <span>
            {secret === undefined ? 'No secret is sent with its requests.' : `${secret} is put in from the vault.`}
          </span>
        ) : (
          <span>{standing.detail}</span>
        )}
      </p>
      {standing.isOfVault === true && secret !== undefined ? (
        <Button icon="vault" onClick={() => go(isThere ? { view: 'vault', secret } : { view: 'vault' })}>
          Open the Vault
        </Button>
      ) : undefined}
    </div>
  );
}

export interface NewProviderProps {
  readonly taken: readonly string[];
  readonly onAdded: (name: string) => void;
  readonly onLeave: () => void;
}

export function NewProvider({ taken, onAdded, onLeave }: NewProviderProps): JSX.Element {
  return (
    <div className={css.main}>
      <PartHead
        title="Add a provider"
        about="It is written to atelier.json of the workspace; no key is, only the name of one."
      />
      <ProviderForm name="" saved={emptyDraft} taken={taken} onAdded={onAdded} onLeave={onLeave} />
    </div>
  );
}
