// The Models screen: the providers by name, and the one that is open with its settings and a place to try it; fallbacks, budgets, prices.
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import type { FoundServer, ModelsState, ProviderState } from '#contract/model';
import { useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { useGo, useRoute } from '../../lib/route.tsx';
import { useToast } from '../../lib/toasts.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Frame } from '../../ui/frame.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { BudgetsPane } from './budgets-pane.tsx';
import { FallbacksPane } from './fallbacks-pane.tsx';
import { foundSettings, foundTitle } from './presets.ts';
import { PricesPane } from './prices-pane.tsx';
import { ProviderList } from './provider-list.tsx';
import { NewProvider, ProviderMain, type ProviderTab } from './provider-main.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import { ScriptedMain } from './scripted-main.tsx';
import { useFoundServers } from './use-found-servers.ts';
import { useModelsCall } from './use-models.ts';
import { Welcome } from './welcome.tsx';
import { scripted } from './words.ts';

/** How often the state is asked for, ms: the file is written in other programs, and calls come and go. */
const lookMs = 2000;
type Part = 'new' | 'fallbacks' | 'budgets' | 'prices';

export function ModelsScreen(): JSX.Element {
  const { query } = useApi();
  const models = useQuery(query.models.state.queryOptions({ refetchInterval: lookMs }));
  if (models.data === undefined) {
    if (models.error === null) return <SkeletonRows rows={8} height={48} label="The models are loading" />;
    return (
      <ErrorState
        title="The models cannot be read."
        problem={problemOf(models.error)}
        onRetry={() => void models.refetch()}
      />
    );
  }
  return <Screen state={models.data} />;
}

function Screen({ state }: { readonly state: ModelsState }): JSX.Element {
  const route = useRoute();
  const go = useGo();
  const toast = useToast();
  const { providers, problem } = state;
  const here = route.view === 'models' ? route : { view: 'models' as const };
  const { part } = here;
  const isFirst = providers.length === 0 && problem === undefined;
  const found = useFoundServers(providers, isFirst && here.provider === undefined && part === undefined);
  const [tab, setTab] = useState<ProviderTab>('settings');
  const [removing, setRemoving] = useState<string>();
  const { ask } = useModelsCall((why) => toast({ text: 'Nothing was changed.', problem: why }));
  const shown = part === undefined ? (here.provider ?? providers[0]?.name) : undefined;
  const open = providers.find(({ name }) => name === shown);
  const isScripted = shown === scripted;
  const names = providers.map(({ name }) => name);

  const show = (provider: string): void => go({ view: 'models', provider }, { replace: here.provider !== undefined });
  const showPart = (next: Part): void => go({ view: 'models', part: next });
  const added = (name: string): void => {
    go({ view: 'models', provider: name }, { replace: true });
    toast({ text: `${name} is added.`, action: { label: 'Try it', run: () => setTab('try') } });
  };
  const addFound = async (server: FoundServer): Promise<void> => {
    const { suggested: name } = server;
    const next = await ask((models) => models.putProvider({ name, settings: foundSettings(server) }));
    if (next === undefined) return;
    setTab('try');
    show(name);
    toast({
      text: `${foundTitle(server)} is added as ${name}.`,
      undo: () => void ask((models) => models.removeProvider({ name })),
    });
  };
  const removed = (provider: ProviderState): void => {
    const { name, settings } = provider;
    setRemoving(undefined);
    go({ view: 'models' }, { replace: true });
    toast({
      text: `${name} is removed.`,
      undo: () =>
        void ask((models) => models.putProvider({ name, settings })).then((next) => next !== undefined && show(name)),
    });
  };
  useScreenActions({
    open: open?.name,
    canTry: open !== undefined || isScripted,
    tab,
    isOff: problem !== undefined,
    onPart: showPart,
    onTab: setTab,
    onRemove: () => setRemoving(open?.name),
    onLook: found.look,
  });

  const main = (): JSX.Element => {
    if (part === 'prices') return <PricesPane prices={state.prices} />;
    if (isScripted) return <ScriptedMain />;
    if (problem !== undefined) {
      return (
        <ErrorState
          title="No provider can be asked."
          problem={{
            code: 'BAD_INPUT',
            sentence: problem.sentence,
            hint: `${problem.hint ?? ''} The file is looked at again all the time: this page goes on as soon as it is right.`.trim(),
          }}
        />
      );
    }
    if (part === 'new') return <NewProvider taken={names} onAdded={added} onLeave={() => go({ view: 'models' })} />;
    if (part === 'fallbacks') return <FallbacksPane state={state} />;
    if (part === 'budgets') return <BudgetsPane state={state} />;
    if (open !== undefined) {
      return (
        <ProviderMain
          key={open.name}
          provider={open}
          tab={tab}
          onTab={setTab}
          onRemove={() => setRemoving(open.name)}
        />
      );
    }
    if (isFirst) {
      return (
        <Welcome found={found} onAdd={() => showPart('new')} onFound={addFound} onScripted={() => show(scripted)} />
      );
    }
    return (
      <EmptyState icon="model" title={`There is no provider ${shown ?? ''}`}>
        <p>It may have been removed, or renamed in atelier.json.</p>
      </EmptyState>
    );
  };
  const doomed = providers.find(({ name }) => name === removing);
  return (
    <>
      <Frame
        id="models"
        listLabel="Providers"
        mainLabel={part === undefined ? (shown ?? 'Models') : 'Models'}
        selection={`${shown ?? ''} ${part ?? ''}`}
        list={
          <ProviderList
            state={state}
            open={shown}
            part={part}
            found={found}
            onOpen={show}
            onPart={showPart}
            onFound={(server) => void addFound(server)}
            onTry={() => setTab('try')}
          />
        }
        main={main()}
      />
      {doomed === undefined ? undefined : (
        <RemoveDialog
          provider={doomed}
          fallbacks={state.fallbacks}
          onDone={() => removed(doomed)}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </>
  );
}

function useScreenActions({
  open,
  canTry,
  tab,
  isOff,
  onPart,
  onTab,
  onRemove,
  onLook,
}: {
  readonly open: string | undefined;
  readonly canTry: boolean;
  readonly tab: ProviderTab;
  /** atelier.json is not understood. */
  readonly isOff: boolean;
  readonly onPart: (part: Part) => void;
  readonly onTab: (tab: ProviderTab) => void;
  readonly onRemove: () => void;
  readonly onLook: () => void;
}): void {
  const section = 'Models';
  useAction({
    id: 'models.add',
    title: 'Add a provider…',
    section,
    keys: 'N',
    enabled: !isOff,
    run: () => onPart('new'),
  });
  useAction({
    id: 'models.look',
    title: 'Look for model servers on this machine',
    section,
    keys: 'D',
    enabled: !isOff,
    run: onLook,
  });
  useAction({
    id: 'models.try',
    title: tab === 'try' ? `Show the settings of ${open ?? 'the model'}` : `Try ${open ?? 'the model'}`,
    section,
    keys: 'T',
    enabled: canTry,
    run: () => onTab(tab === 'try' ? 'settings' : 'try'),
  });
  useAction({
    id: 'models.remove',
    title: `Remove ${open ?? 'the provider'}…`,
    section,
    keys: 'Delete',
    enabled: open !== undefined,
    run: onRemove,
  });
  useAction({ id: 'models.fallbacks', title: 'Show fallbacks', section, keys: 'F', run: () => onPart('fallbacks') });
  useAction({ id: 'models.budgets', title: 'Show budgets', section, keys: 'B', run: () => onPart('budgets') });
  useAction({ id: 'models.prices', title: 'Show prices', section, keys: 'P', run: () => onPart('prices') });
}
