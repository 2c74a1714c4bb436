// The requests of all keys or of one, or what to do so that there are some.
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { GatewayKey, GatewayState } from '#contract/gateway';
import { useApi } from '../../lib/api.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { CallList } from './call-list.tsx';
import { CodeBlock } from './code-block.tsx';
import css from './gateway-screen.module.css';
import { keyPlaceholder, modelFor, snippetOf } from './snippets.ts';
import { mostCalls, type Calls } from './use-gateway.ts';
import { addressOf } from './words.ts';

export interface RequestsPaneProps {
  readonly state: GatewayState;
  readonly calls: Calls;
  /** The one whose requests these are; undefined for all. */
  readonly gatewayKey: GatewayKey | undefined;
  readonly labels: ReadonlyMap<string, string>;
  readonly open: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly onTrace: (id: string) => void;
  readonly onAll: () => void;
  readonly onNewKey: () => void;
  readonly onStart: () => void;
}

export function RequestsPane(props: RequestsPaneProps): JSX.Element {
  const { state, calls, gatewayKey, labels, open, onOpen, onTrace, onAll, onNewKey, onStart } = props;
  const count = calls.calls.length;
  if (calls.problem !== undefined) {
    return <ErrorState title="The requests cannot be listed." problem={calls.problem} onRetry={calls.retry} />;
  }
  if (calls.isLoading) return <SkeletonRows rows={12} height={48} label="Requests are loading" />;
  if (count === 0 && state.keys.length === 0) return <NoKey state={state} onNewKey={onNewKey} onStart={onStart} />;
  return (
    <>
      <header className={css.head}>
        <h2 className={css.title}>
          {gatewayKey === undefined ? 'Requests' : `Requests of ${gatewayKey.settings.label}`}
        </h2>
        <p className={css.count}>
          {count >= mostCalls ? `the newest ${mostCalls.toLocaleString()}` : count.toLocaleString()}
        </p>
        <span className={css.gap} />
        {gatewayKey === undefined ? undefined : (
          <Button look="quiet" icon="close" onClick={onAll}>
            Show all requests
          </Button>
        )}
      </header>
      {count === 0 ? (
        <NoRequest state={state} gatewayKey={gatewayKey} onStart={onStart} />
      ) : (
        <CallList
          calls={calls.calls}
          newer={calls.newer}
          labels={labels}
          open={open}
          onOpen={onOpen}
          onTrace={onTrace}
          onTop={calls.onTop}
        />
      )}
    </>
  );
}

function NoKey({ state, onNewKey, onStart }: Pick<RequestsPaneProps, 'state' | 'onNewKey' | 'onStart'>): JSX.Element {
  return (
    <EmptyState
      icon="gateway"
      title="Point any agent here"
      actions={
        <>
          <Button look="main" icon="key" keys="N" onClick={onNewKey}>
            Make a key
          </Button>
          {state.address === undefined ? (
            <Button icon="play" keys="S" onClick={onStart}>
              Start the gateway
            </Button>
          ) : undefined}
        </>
      }
    >
      <p>
        Give an agent, in any language, this address in place of its provider’s and a key made here. Each of its calls
        goes on to the provider with your real key, and is recorded turn by turn.
      </p>
      <p>Start the gateway, make a key, and paste a snippet: nothing else of the agent changes.</p>
    </EmptyState>
  );
}

function NoRequest({
  state,
  gatewayKey,
  onStart,
}: {
  readonly state: GatewayState;
  readonly gatewayKey: GatewayKey | undefined;
  readonly onStart: () => void;
}): JSX.Element {
  const { query } = useApi();
  const providers = useQuery(query.models.state.queryOptions()).data?.providers ?? [];
  if (gatewayKey?.revokedAt !== undefined) {
    return (
      <EmptyState icon="gateway" title="No request came with it">
        <p>And none will: it is revoked.</p>
      </EmptyState>
    );
  }
  const parts = {
    address: addressOf(state),
    key: keyPlaceholder,
    model: modelFor(providers, gatewayKey?.settings.provider),
  };
  return (
    <EmptyState
      icon="gateway"
      title="No request yet"
      actions={
        <>
          {state.address === undefined ? (
            <Button look="main" icon="play" keys="S" onClick={onStart}>
              Start the gateway
            </Button>
          ) : undefined}
          <CodeBlock label="A first request" code={snippetOf('curl', parts)} />
        </>
      }
    >
      <p>Put your key where {keyPlaceholder} stands and run this; it shows here at once.</p>
    </EmptyState>
  );
}
