// The Vault screen: who keeps the secrets first, then the secrets by name, then all that is known of one but its value.
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type JSX } from 'react';
import type { Guard, SecretSummary, VaultState } from '#contract/vault';
import { useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { counted } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { useGo, useRoute } from '../../lib/route.tsx';
import { useToast } from '../../lib/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Frame } from '../../ui/frame.tsx';
import { Menu } from '../../ui/menu.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { ChooseGuard } from './choose-guard.tsx';
import { GuardBar } from './guard-bar.tsx';
import { SecretInspector } from './secret-inspector.tsx';
import { SecretList } from './secret-list.tsx';
import { UnlockForm } from './unlock-form.tsx';
import { useVaultCall } from './use-vault.ts';
import { VaultDialog, type VaultTask } from './vault-dialog.tsx';
import css from './vault-screen.module.css';

export function VaultScreen(): JSX.Element {
  const { query } = useApi();
  const vault = useQuery(query.vault.state.queryOptions());
  // What was read last stays while reading it again fails.
  if (vault.error !== null && vault.data === undefined) {
    return (
      <ErrorState
        title="The vault cannot be read."
        problem={problemOf(vault.error)}
        onRetry={() => void vault.refetch()}
      />
    );
  }
  if (vault.data === undefined) return <SkeletonRows rows={8} height={48} label="The vault is loading" />;
  const { guard, keychain } = vault.data;
  if (guard === undefined) return <ChooseGuard keychain={keychain} />;
  return <Screen state={vault.data} guard={guard} />;
}

function Screen({ state, guard }: { readonly state: VaultState; readonly guard: Guard }): JSX.Element {
  const route = useRoute();
  const go = useGo();
  const toast = useToast();
  const { client } = useApi();
  const { ask, problem: lockProblem } = useVaultCall();
  const [task, setTask] = useState<VaultTask>();
  const [isLockedHere, setLockedHere] = useState(false);
  const main = useRef<HTMLDivElement>(null);
  const { secrets } = state;
  const wanted = route.view === 'vault' ? route.secret : undefined;
  const open = secrets.find(({ name }) => name === wanted) ?? secrets[0];
  const isLocked = guard.kind === 'passphrase' && guard.isLocked;

  const show = (secret: string): void => go({ view: 'vault', secret }, { replace: wanted !== undefined });
  const lock = async (): Promise<void> => {
    setLockedHere(true);
    if ((await ask((vault) => vault.lock())) !== undefined) toast({ text: 'The vault is locked.' });
  };
  const find = async (from: 'file' | 'environment'): Promise<void> => {
    try {
      const found =
        from === 'file' ? await client.vault.findInFile({}) : { variables: await client.vault.findInEnvironment() };
      if (found !== undefined) setTask({ kind: 'import', found });
    } catch (error) {
      toast({ text: 'Nothing was read.', problem: problemOf(error) });
    }
  };
  const done = (told: string): void => {
    setTask(undefined);
    toast({ text: told });
  };
  useVaultActions({
    guard,
    open,
    isLocked,
    onTask: setTask,
    onLock: () => void lock(),
    onFind: (from) => void find(from),
  });

  const importItems = [
    { label: 'From a .env file…', icon: 'file' as const, onSelect: () => void find('file') },
    { label: 'From the environment…', icon: 'code' as const, onSelect: () => void find('environment') },
  ];
  return (
    <>
      <Frame
        id="vault"
        mainLabel="Vault"
        inspectorLabel="Secret"
        selection={open?.name ?? ''}
        main={
          <div ref={main} className={css.main} tabIndex={-1}>
            <GuardBar
              guard={guard}
              isKeychainThere={state.keychain.isThere}
              onLock={() => void lock()}
              onPassphrase={() => setTask({ kind: 'passphrase' })}
              onAutoLock={() => setTask({ kind: 'autoLock' })}
              onGuard={() => setTask({ kind: 'guard' })}
            />
            {lockProblem === undefined ? undefined : (
              <p className={css.problem} role="alert">
                It was not locked: {lockProblem.sentence} {lockProblem.hint}
              </p>
            )}
            {isLocked ? (
              <div className={css.locked}>
                <p>
                  Names can be seen, values not. Until the vault is open no call with a secret is made and nothing here
                  can be changed.
                </p>
                <UnlockForm
                  waitUntil={guard.waitUntil}
                  takesFocus={isLockedHere}
                  onOpen={() => {
                    setLockedHere(false);
                    main.current?.focus();
                    toast({ text: 'The vault is open.' });
                  }}
                />
              </div>
            ) : undefined}
            {open === undefined ? undefined : (
              <header className={css.head}>
                <h2 className={css.title}>{counted(secrets.length, 'secret')}</h2>
                {isLocked ? undefined : (
                  <>
                    <Menu align="end" items={importItems}>
                      <Button look="quiet" icon="import">
                        Import
                      </Button>
                    </Menu>
                    <Button icon="plus" keys="N" onClick={() => setTask({ kind: 'add' })}>
                      Add a secret
                    </Button>
                  </>
                )}
              </header>
            )}
            {open !== undefined ? (
              <SecretList
                secrets={secrets}
                open={open.name}
                onOpen={show}
                onEdit={() => isLocked || setTask({ kind: 'edit', secret: open.name })}
              />
            ) : isLocked ? undefined : (
              <EmptyState
                icon="vault"
                title="No secrets yet"
                actions={
                  <>
                    <Button look="main" icon="plus" keys="N" onClick={() => setTask({ kind: 'add' })}>
                      Add a secret
                    </Button>
                    <Menu items={importItems}>
                      <Button icon="import">Import</Button>
                    </Menu>
                  </>
                }
              >
                <p>
                  A secret is an API key or a token with a name. You say what it is for, and it is released to nothing
                  else.
                </p>
              </EmptyState>
            )}
          </div>
        }
        {...(open === undefined
          ? {}
          : {
              inspector: (
                <SecretInspector
                  secret={open}
                  isOpen={!isLocked}
                  onTask={(kind) => setTask({ kind, secret: open.name })}
                />
              ),
            })}
      />
      {task === undefined ? undefined : (
        <VaultDialog
          task={task}
          state={state}
          onDone={done}
          onAdded={(name) => {
            done(`${name} is in the vault.`);
            show(name);
          }}
          onClose={() => setTask(undefined)}
        />
      )}
    </>
  );
}

function useVaultActions({
  guard,
  open,
  isLocked,
  onTask,
  onLock,
  onFind,
}: {
  readonly guard: Guard;
  readonly open: SecretSummary | undefined;
  readonly isLocked: boolean;
  readonly onTask: (task: VaultTask) => void;
  readonly onLock: () => void;
  readonly onFind: (from: 'file' | 'environment') => void;
}): void {
  const section = 'Vault';
  const isPassphrase = guard.kind === 'passphrase' && !isLocked;
  const name = open?.name ?? '';
  const one = { section, enabled: open !== undefined && !isLocked } as const;
  const isRotating = open?.rotation !== undefined;
  useAction({
    id: 'vault.add',
    title: 'Add a secret…',
    section,
    keys: 'N',
    enabled: !isLocked,
    run: () => onTask({ kind: 'add' }),
  });
  useAction({
    id: 'vault.importFile',
    title: 'Import secrets from a .env file…',
    section,
    enabled: !isLocked,
    run: () => onFind('file'),
  });
  useAction({
    id: 'vault.importEnvironment',
    title: 'Import secrets from the environment…',
    section,
    enabled: !isLocked,
    run: () => onFind('environment'),
  });
  useAction({
    ...one,
    id: 'vault.rotate',
    title: isRotating ? `Finish the rotation of ${name}…` : `Rotate ${name}…`,
    keys: 'R',
    run: () => onTask({ kind: isRotating ? 'finish' : 'rotate', secret: name }),
  });
  useAction({
    ...one,
    id: 'vault.replace',
    title: `Replace the value of ${name}…`,
    run: () => onTask({ kind: 'replace', secret: name }),
  });
  useAction({
    ...one,
    id: 'vault.edit',
    title: `Edit ${name}…`,
    keys: 'E',
    run: () => onTask({ kind: 'edit', secret: name }),
  });
  useAction({
    ...one,
    id: 'vault.remove',
    title: `Remove ${name}…`,
    keys: 'Delete',
    run: () => onTask({ kind: 'remove', secret: name }),
  });
  useAction({ id: 'vault.lock', title: 'Lock the vault', section, keys: 'L', enabled: isPassphrase, run: onLock });
  useAction({
    id: 'vault.passphrase',
    title: 'Change the passphrase of the vault…',
    section,
    enabled: isPassphrase,
    run: () => onTask({ kind: 'passphrase' }),
  });
  useAction({
    id: 'vault.autoLock',
    title: 'Set when the vault locks itself…',
    section,
    enabled: isPassphrase,
    run: () => onTask({ kind: 'autoLock' }),
  });
  useAction({
    id: 'vault.guard',
    title: 'Choose another guard for the secrets…',
    section,
    enabled: !isLocked,
    run: () => onTask({ kind: 'guard' }),
  });
}
