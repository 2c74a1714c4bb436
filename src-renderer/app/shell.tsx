// The window's frame: activity bar, the screen, status bar, and what lies over them.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { ImportCenter } from '../features/imports/import-center.tsx';
import { useAction, useActionRegistry } from '../lib/actions.tsx';
import { useApi } from '../lib/api.tsx';
import { onMenuCommand } from '../lib/bridge.ts';
import { problemOf } from '../lib/problem.ts';
import { useGo, useRoute } from '../lib/route.tsx';
import { themes, useTheme } from '../lib/theme.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { ActivityBar } from './activity-bar.tsx';
import { Boundary } from './boundary.tsx';
import { MachineDialog } from './machine-dialog.tsx';
import { Palette } from './palette.tsx';
import { ScreenBody, screens } from './screens.tsx';
import { ShortcutSheet } from './shortcut-sheet.tsx';
import { StatusBar } from './status-bar.tsx';
import { ToastList } from './toast-list.tsx';
import { WorkspaceDialog } from './workspace-dialog.tsx';
import styles from './shell.module.css';

type Over = 'palette' | 'shortcuts' | 'workspaces' | 'machine';

export function Shell(): ReactNode {
  const { query } = useApi();
  const route = useRoute();
  const current = useQuery(query.workspace.current.queryOptions({}));
  const [over, setOver] = useState<Over>();
  const path = current.data?.path;
  useFreshStart(path);
  useShellActions(setOver);
  useMenu();

  const close = (): void => setOver(undefined);
  return (
    <div className={styles['shell']}>
      <ActivityBar onShortcuts={() => setOver('shortcuts')} onPalette={() => setOver('palette')} />
      <main className={styles['screen']} key={path}>
        {current.error === null ? (
          path !== undefined && <ScreenBody view={route.view} />
        ) : (
          <ErrorState
            title="The workspace could not be opened."
            problem={problemOf(current.error)}
            onRetry={() => void current.refetch()}
            actions={
              <Button look="main" icon="folder" onClick={() => setOver('workspaces')}>
                Open another workspace
              </Button>
            }
          />
        )}
      </main>
      <StatusBar workspace={current.data} onWorkspaces={() => setOver('workspaces')} />
      {path !== undefined && (
        <Boundary what="The import">
          <ImportCenter key={path} />
        </Boundary>
      )}
      <Palette open={over === 'palette'} onClose={close} />
      <ShortcutSheet open={over === 'shortcuts'} onClose={close} />
      <WorkspaceDialog open={over === 'workspaces'} onClose={close} current={path} />
      <MachineDialog open={over === 'machine'} onClose={close} />
      <ToastList />
    </div>
  );
}

/** Another workspace starts with its own places: those of the one before mean nothing in it. */
function useFreshStart(path: string | undefined): void {
  const { reset } = useGo();
  const before = useRef<string>(undefined);
  useEffect(() => {
    if (path === undefined) return;
    if (before.current !== undefined && before.current !== path) reset();
    before.current = path;
  }, [path, reset]);
}

/** What the system's menu chose runs here, by the name it has in the palette. */
function useMenu(): void {
  const registry = useActionRegistry();
  useEffect(() => onMenuCommand((id) => registry.run(id)), [registry]);
}

function useShellActions(setOver: (over: Over) => void): void {
  const go = useGo();
  const { theme, setTheme } = useTheme();
  const [traces, prefer, datasets, runs, models, gateway, vault, egress] = screens;
  useScreenAction(traces);
  useScreenAction(prefer);
  useScreenAction(datasets);
  useScreenAction(runs);
  useScreenAction(models);
  useScreenAction(gateway);
  useScreenAction(vault);
  useScreenAction(egress);
  useAction({
    id: 'go.back',
    title: 'Go back',
    section: 'Go',
    keys: 'Alt+ArrowLeft',
    enabled: go.canGoBack,
    run: go.back,
  });
  useAction({
    id: 'go.forward',
    title: 'Go forward',
    section: 'Go',
    keys: 'Alt+ArrowRight',
    enabled: go.canGoForward,
    run: go.forward,
  });
  useAction({
    id: 'app.palette',
    title: 'Open the command palette',
    section: 'Window',
    keys: ['Mod+K', 'Mod+Shift+P'],
    hidden: true,
    run: () => setOver('palette'),
  });
  useAction({
    id: 'app.shortcuts',
    title: 'Show all shortcuts',
    section: 'Window',
    keys: '?',
    run: () => setOver('shortcuts'),
  });
  useAction({
    id: 'workspace.switch',
    title: 'Open a workspace…',
    section: 'Workspace',
    keys: 'Mod+O',
    run: () => setOver('workspaces'),
  });
  useAction({ id: 'app.machine', title: 'Check this machine', section: 'Window', run: () => setOver('machine') });
  const nextTheme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
  useAction({
    id: 'app.theme',
    title: `Use the ${nextTheme} theme`,
    section: 'Window',
    keys: 'Mod+Shift+L',
    run: () => setTheme(nextTheme),
  });
}

function useScreenAction(screen: (typeof screens)[number] | undefined): void {
  const go = useGo();
  const view = screen?.view ?? 'traces';
  useAction({
    id: `go.${view}`,
    title: `Go to ${screen?.title ?? ''}`,
    section: 'Go',
    ...(screen === undefined ? {} : { keys: screen.keys }),
    run: () => go.view(view),
  });
}
