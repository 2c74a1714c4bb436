// The Gateway screen: its switch and address, the keys of its clients, and their requests as they go through.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type JSX } from 'react';
import type { GatewayState } from '#contract/gateway';
import { useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { useGo, useRoute } from '../../lib/route.tsx';
import { useToast } from '../../lib/toasts.tsx';
import { shortId } from '../../lib/short-id.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Frame } from '../../ui/frame.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { GatewayBar } from './gateway-bar.tsx';
import { GatewayDialog, type GatewayTask } from './gateway-dialog.tsx';
import { AllInspector, CallInspector, KeyInspector } from './gateway-inspector.tsx';
import css from './gateway-screen.module.css';
import { KeyList } from './key-list.tsx';
import { RequestsPane } from './requests-pane.tsx';
import { useCalls, useGatewayAsk, useToday } from './use-gateway.ts';
import { addressOf, totalUse } from './words.ts';

export function GatewayScreen(): JSX.Element {
  const { query } = useApi();
  const route = useRoute();
  const gateway = useQuery(query.gateway.state.queryOptions());
  if (gateway.data === undefined) {
    if (gateway.error === null) return <SkeletonRows rows={10} height={48} label="The gateway is loading" />;
    return (
      <ErrorState
        title="The gateway cannot be read."
        problem={problemOf(gateway.error)}
        onRetry={() => void gateway.refetch()}
      />
    );
  }
  const wanted = route.view === 'gateway' ? route.keyId : undefined;
  const key = gateway.data.keys.some(({ id }) => id === wanted) ? wanted : undefined;
  return <Screen state={gateway.data} keyId={key} />;
}

function Screen({ state, keyId }: { readonly state: GatewayState; readonly keyId: string | undefined }): JSX.Element {
  const go = useGo();
  const toast = useToast();
  const [task, setTask] = useState<GatewayTask>();
  const [callId, setCallId] = useState<string>();
  const { busy, problem, clearProblem, ask } = useGatewayAsk();
  const today = useToday();
  const { keys } = state;
  const key = keys.find(({ id }) => id === keyId);
  const calls = useCalls(keyId);
  const call = calls.calls.find(({ id }) => id === callId);
  const labels = useMemo(() => new Map(keys.map(({ id, settings }) => [id, settings.label])), [keys]);
  const isListening = state.address !== undefined;

  const show = (id: string | undefined): void => {
    setCallId(undefined);
    go(id === undefined ? { view: 'gateway' } : { view: 'gateway', keyId: id }, { replace: true });
  };
  const start = async (): Promise<void> => {
    const next = await ask(
      (gateway) => gateway.start({}),
      (answer) => answer,
    );
    if (next !== undefined) toast({ text: `The gateway listens at ${addressOf(next)}.` });
  };
  const stop = async (): Promise<void> => {
    const next = await ask(
      (gateway) => gateway.stop(),
      (answer) => answer,
    );
    if (next !== undefined) toast({ text: 'The gateway is off.', undo: () => void start() });
  };
  const openTrace = (id: string): void => {
    const traceId = calls.calls.find((one) => one.id === id)?.traceId;
    if (traceId === undefined) toast({ text: 'Nothing of this request was written down as a conversation.' });
    else go({ view: 'traces', traceId });
  };
  const snippets = (): void => setTask({ kind: 'snippets', ...(keyId === undefined ? {} : { id: keyId }) });
  useScreenActions({
    isListening,
    keyId: key?.revokedAt === undefined ? key?.id : undefined,
    label: key?.settings.label ?? 'the key',
    traceId: call?.traceId,
    onSwitch: () => void (isListening ? stop() : start()),
    onTask: setTask,
    onSnippets: snippets,
    onTrace: () => callId !== undefined && openTrace(callId),
  });

  const inspector =
    call !== undefined ? (
      <CallInspector
        key={call.id}
        call={call}
        label={labels.get(call.key) ?? shortId(call.key)}
        onKey={() => show(call.key)}
      />
    ) : key !== undefined ? (
      <KeyInspector
        key={key.id}
        gatewayKey={key}
        use={today.get(key.id)}
        onEdit={() => setTask({ kind: 'edit', id: key.id })}
        onRevoke={() => setTask({ kind: 'revoke', id: key.id })}
      />
    ) : (
      <AllInspector use={totalUse([...today.values()])} />
    );
  return (
    <>
      <Frame
        id="gateway"
        listLabel="Keys"
        mainLabel="Gateway"
        inspectorLabel={call === undefined ? 'Key' : 'Request'}
        selection={`${keyId ?? ''} ${callId ?? ''}`}
        list={
          <KeyList
            keys={keys}
            today={today}
            open={keyId}
            onOpen={show}
            onNew={() => setTask({ kind: 'new' })}
            onEdit={() => key !== undefined && key.revokedAt === undefined && setTask({ kind: 'edit', id: key.id })}
          />
        }
        main={
          <div className={css.main}>
            <GatewayBar
              state={state}
              busy={busy}
              problem={problem}
              onStart={() => void start()}
              onStop={() => void stop()}
              onPort={() => {
                clearProblem();
                setTask({ kind: 'port' });
              }}
              onSnippets={snippets}
            />
            <RequestsPane
              key={keyId}
              state={state}
              calls={calls}
              gatewayKey={key}
              labels={labels}
              open={callId}
              onOpen={setCallId}
              onTrace={openTrace}
              onAll={() => show(undefined)}
              onNewKey={() => setTask({ kind: 'new' })}
              onStart={() => void start()}
            />
          </div>
        }
        inspector={inspector}
      />
      {task === undefined ? undefined : (
        <GatewayDialog
          task={task}
          state={state}
          onTask={setTask}
          onMade={show}
          onTold={(told) => toast({ text: told })}
        />
      )}
    </>
  );
}

function useScreenActions({
  isListening,
  keyId,
  label,
  traceId,
  onSwitch,
  onTask,
  onSnippets,
  onTrace,
}: {
  readonly isListening: boolean;
  /** Of the key that is open and valid. */
  readonly keyId: string | undefined;
  readonly label: string;
  /** Of the request that is open. */
  readonly traceId: string | undefined;
  readonly onSwitch: () => void;
  readonly onTask: (task: GatewayTask) => void;
  readonly onSnippets: () => void;
  readonly onTrace: () => void;
}): void {
  const section = 'Gateway';
  const one = { section, enabled: keyId !== undefined } as const;
  const id = keyId ?? '';
  useAction({
    id: 'gateway.switch',
    title: isListening ? 'Stop the gateway' : 'Start the gateway',
    section,
    keys: 'S',
    run: onSwitch,
  });
  useAction({ id: 'gateway.new', title: 'New key…', section, keys: 'N', run: () => onTask({ kind: 'new' }) });
  useAction({
    ...one,
    id: 'gateway.edit',
    title: `Edit ${label}…`,
    keys: 'E',
    run: () => onTask({ kind: 'edit', id }),
  });
  useAction({
    ...one,
    id: 'gateway.revoke',
    title: `Revoke ${label}…`,
    keys: 'Delete',
    run: () => onTask({ kind: 'revoke', id }),
  });
  useAction({ id: 'gateway.snippets', title: 'Show snippets for clients…', section, keys: 'C', run: onSnippets });
  useAction({
    id: 'gateway.port',
    title: 'Change the port of the gateway…',
    section,
    keys: 'P',
    run: () => onTask({ kind: 'port' }),
  });
  useAction({
    id: 'gateway.trace',
    title: 'Open the trace of the request',
    section,
    keys: 'O',
    enabled: traceId !== undefined,
    run: onTrace,
  });
}
