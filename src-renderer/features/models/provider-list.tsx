// The left side: the providers and how each stands, servers found on this machine, and what holds for all models.
import type { JSX } from 'react';
import type { FoundServer, ModelsState, ProviderState } from '#contract/model';
import { counted, shortMoney } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { foundTitle } from './presets.ts';
import css from './provider-list.module.css';
import type { FoundServers } from './use-found-servers.ts';
import { dialectNames, hostOf, scripted, standingOf } from './words.ts';

type Part = 'fallbacks' | 'budgets' | 'prices';

export interface ProviderListProps {
  readonly state: ModelsState;
  /** Name of the provider that is open. */
  readonly open: string | undefined;
  readonly part: 'new' | Part | undefined;
  readonly found: FoundServers;
  readonly onOpen: (name: string) => void;
  readonly onPart: (part: 'new' | Part) => void;
  readonly onFound: (server: FoundServer) => void;
  readonly onTry: () => void;
}

const rowHeight = 48;
/** How often what is left of a wait is reckoned anew, ms. */
const everyMs = 1000;

export function ProviderList(props: ProviderListProps): JSX.Element {
  const { state, open, part, found, onOpen, onPart, onFound, onTry } = props;
  const now = useNow(everyMs);
  const { providers, problem } = state;
  const names = [...providers.map(({ name }) => name), scripted];
  const at = open === undefined ? -1 : names.indexOf(open);
  const drawRow = (index: number): JSX.Element => {
    const provider = providers[index];
    return provider === undefined ? <ScriptedRow /> : <Row provider={provider} now={now} />;
  };
  return (
    <div className={css.pane}>
      <header className={css.head}>
        <h2 className={css.title}>Providers</h2>
        <IconButton
          icon="search"
          label="Look for model servers on this machine"
          keys="D"
          disabled={problem !== undefined}
          onClick={found.look}
        />
        <IconButton
          icon="plus"
          label="Add a provider"
          keys="N"
          disabled={problem !== undefined}
          onClick={() => onPart('new')}
        />
      </header>
      <div className={css.list} style={{ flexBasis: names.length * rowHeight }}>
        <VirtualList
          label="Providers"
          count={names.length}
          rowHeight={rowHeight}
          active={at === -1 ? undefined : at}
          keyOf={(index) => names[index] ?? index}
          onActive={(index) => {
            const name = names[index];
            if (name !== undefined) onOpen(name);
          }}
          onOpen={onTry}
          row={drawRow}
        />
      </div>
      <Found found={found} onFound={onFound} isFirst={providers.length === 0} />
      <nav className={css.parts} aria-label="All models">
        <PartButton
          icon="branch"
          name="Fallbacks"
          note={problem === undefined ? counted(Object.keys(state.fallbacks).length, 'model') : 'not read'}
          isOpen={part === 'fallbacks'}
          onOpen={() => onPart('fallbacks')}
        />
        <PartButton
          icon="clock"
          name="Budgets"
          note={`${shortMoney(state.today.usd)} today`}
          isOpen={part === 'budgets'}
          onOpen={() => onPart('budgets')}
        />
        <PartButton
          icon="tag"
          name="Prices"
          note={state.prices.problem === undefined ? `${state.prices.known.toLocaleString()} known` : 'look at this'}
          isOpen={part === 'prices'}
          onOpen={() => onPart('prices')}
        />
      </nav>
    </div>
  );
}

function Row({ provider, now }: { readonly provider: ProviderState; readonly now: number }): JSX.Element {
  const { name, settings } = provider;
  const { tone, icon, words, detail } = standingOf(provider, now);
  return (
    <div className={css.row} data-tone={tone}>
      <span className={css.name}>{name}</span>
      <span className={css.dialect}>{dialectNames[settings.dialect]}</span>
      <span className={css.host} title={settings.url}>
        {hostOf(settings.url)}
      </span>
      <span className={css.standing} title={detail}>
        <Icon name={icon} size={12} />
        {words}
      </span>
    </div>
  );
}

function ScriptedRow(): JSX.Element {
  return (
    <div className={css.row} data-tone="ok">
      <span className={css.name}>{scripted}</span>
      <span className={css.dialect}>Built in</span>
      <span className={css.host}>answers by rules, offline</span>
      <span className={css.standing}>
        <Icon name="ok" size={12} />
        Ready
      </span>
    </div>
  );
}

function Found({
  found,
  isFirst,
  onFound,
}: {
  readonly found: FoundServers;
  /** The main pane tells it already. */
  readonly isFirst: boolean;
  readonly onFound: (server: FoundServer) => void;
}): JSX.Element | undefined {
  if (isFirst || !found.isAsked) return undefined;
  return (
    <section className={css.found} aria-labelledby="found-title">
      <div className={css.foundHead}>
        <h3 id="found-title" className={css.foundTitle}>
          On this machine
        </h3>
        <IconButton icon="close" label="Put this away" small onClick={found.putAway} />
      </div>
      {found.state === 'looking' ? (
        <p className={css.note} role="status">
          Looking at the usual ports…
        </p>
      ) : found.problem !== undefined ? (
        <p className={css.note} role="alert">
          {found.problem.sentence} {found.problem.hint}
        </p>
      ) : found.servers.length === 0 ? (
        <p className={css.note} role="status">
          No other model server answers on the usual ports.
        </p>
      ) : (
        found.servers.map((server) => (
          <div key={server.url} className={css.server}>
            <span className={css.serverName}>
              {foundTitle(server)}
              <span className={css.note}>
                {hostOf(server.url)}, {counted(server.models.length, 'model')}
              </span>
            </span>
            <Button icon="plus" aria-label={`Add ${foundTitle(server)}`} onClick={() => onFound(server)}>
              Add
            </Button>
          </div>
        ))
      )}
    </section>
  );
}

function PartButton({
  icon,
  name,
  note,
  isOpen,
  onOpen,
}: {
  readonly icon: IconName;
  readonly name: string;
  readonly note: string;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}): JSX.Element {
  return (
    <button type="button" className={css.part} aria-current={isOpen ? 'page' : undefined} onClick={onOpen}>
      <Icon name={icon} />
      <span className={css.partName}>{name}</span>
      <span className={css.note}>{note}</span>
    </button>
  );
}
