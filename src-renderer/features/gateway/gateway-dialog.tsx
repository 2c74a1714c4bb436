// The one dialog of the Gateway screen that is open.
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import type { GatewayKey, GatewayState } from '#contract/gateway';
import { useApi } from '../../lib/api.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import css from './dialogs.module.css';
import { KeyDialog } from './key-dialog.tsx';
import { portOf } from './key-draft.ts';
import { KeyShownDialog } from './key-shown-dialog.tsx';
import { SnippetTabs } from './snippet-tabs.tsx';
import { keyPlaceholder, modelFor } from './snippets.ts';
import { useGatewayAsk } from './use-gateway.ts';
import { addressOf } from './words.ts';

export type GatewayTask =
  | { readonly kind: 'new' | 'port' }
  /** For a key, or for any. */
  | { readonly kind: 'snippets'; readonly id?: string }
  | { readonly kind: 'edit' | 'revoke'; readonly id: string }
  | { readonly kind: 'shown'; readonly id: string; readonly key: string };

export interface GatewayDialogProps {
  readonly task: GatewayTask;
  readonly state: GatewayState;
  readonly onTask: (task: GatewayTask | undefined) => void;
  readonly onMade: (id: string) => void;
  readonly onTold: (told: string) => void;
}

/** Nothing where the key that it is about has gone. */
export function GatewayDialog({ task, state, onTask, onMade, onTold }: GatewayDialogProps): JSX.Element | undefined {
  const { query } = useApi();
  const providers = useQuery(query.models.state.queryOptions()).data?.providers ?? [];
  const close = (): void => onTask(undefined);
  const key = 'id' in task ? state.keys.find(({ id }) => id === task.id) : undefined;
  const address = addressOf(state);
  const model = modelFor(providers, key?.settings.provider);
  const done = (told: string): void => {
    close();
    onTold(told);
  };
  switch (task.kind) {
    case 'port':
      return <PortDialog state={state} onDone={done} onClose={close} />;
    case 'new':
    case 'edit':
      if (task.kind === 'edit' && key === undefined) return undefined;
      return (
        <KeyDialog
          key={task.kind}
          state={state}
          {...(key === undefined ? {} : { gatewayKey: key })}
          onMade={(made) => {
            onMade(made.id);
            onTask({ kind: 'shown', ...made });
          }}
          onChanged={(label) => done(`${label} was changed.`)}
          onClose={close}
        />
      );
    case 'shown':
      return (
        <KeyShownDialog
          label={key?.settings.label ?? ''}
          parts={{ address, key: task.key, model }}
          isOn={state.address !== undefined}
          onClose={close}
        />
      );
    case 'revoke':
      return key === undefined ? undefined : <RevokeDialog gatewayKey={key} onDone={done} onClose={close} />;
    case 'snippets':
      return (
        <Dialog
          open
          onOpenChange={close}
          width="wide"
          title={key === undefined ? 'Point a client at the gateway' : `Point ${key.settings.label} at the gateway`}
          description={`Put your key where ${keyPlaceholder} stands. Nothing else of your agent changes.`}
          footer={<Button onClick={close}>Close</Button>}
        >
          <SnippetTabs parts={{ address, key: keyPlaceholder, model }} />
        </Dialog>
      );
  }
}

function PortDialog({
  state,
  onDone,
  onClose,
}: {
  readonly state: GatewayState;
  readonly onDone: (told: string) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const [text, setText] = useState(String(state.port));
  const [isTried, setTried] = useState(false);
  const { busy, problem, ask } = useGatewayAsk();
  const result = portOf(text);
  const isListening = state.address !== undefined;
  const save = async (): Promise<void> => {
    setTried(true);
    if (!result.ok) return;
    const { port } = result;
    const next = await ask(
      (gateway) => gateway.start({ port }),
      (answer) => answer,
    );
    if (next !== undefined) onDone(`The gateway listens at ${addressOf(next)}.`);
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="narrow"
      title="Port of the gateway"
      description="It listens on this machine alone, whatever the port, and takes none that another program has."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" icon="check" busy={busy} onClick={() => void save()}>
            {isListening ? 'Move it there' : 'Start it there'}
          </Button>
        </>
      }
    >
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label="Port"
          help={
            isListening ? 'Clients must be told the new address; what is under way is finished.' : '4140 unless said.'
          }
          {...(isTried && !result.ok ? { error: result.fault } : {})}
        >
          {(ids) => (
            <TextInput {...ids} inputMode="numeric" value={text} onChange={(event) => setText(event.target.value)} />
          )}
        </Field>
        {problem === undefined ? undefined : (
          <ProblemNote title={isListening ? 'It stays where it is.' : 'It was not started.'} problem={problem} />
        )}
        <input type="submit" hidden />
      </form>
    </Dialog>
  );
}

function RevokeDialog({
  gatewayKey,
  onDone,
  onClose,
}: {
  readonly gatewayKey: GatewayKey;
  readonly onDone: (told: string) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const { id, settings, prefix, lastUsedAt } = gatewayKey;
  const { busy, problem, ask } = useGatewayAsk();
  const revoke = async (): Promise<void> => {
    const next = await ask(
      (gateway) => gateway.revokeKey({ id }),
      (answer) => answer,
    );
    if (next !== undefined) onDone(`${settings.label} opens nothing any more.`);
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="narrow"
      title={`Revoke ${settings.label}?`}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" icon="close" busy={busy} onClick={() => void revoke()}>
            Revoke it
          </Button>
        </>
      }
    >
      <div className={css.text}>
        <p>
          Whoever has <code>{prefix}…</code> is answered 401 from then on. This cannot be undone; a new key can be made.
        </p>
        <p>Its requests, traces and costs stay.</p>
        <p>
          {lastUsedAt === undefined ? (
            'It was never used.'
          ) : (
            <>
              Last used <RelativeTime at={lastUsedAt} />.
            </>
          )}
        </p>
        {problem === undefined ? undefined : <ProblemNote title="It was not revoked." problem={problem} />}
      </div>
    </Dialog>
  );
}
