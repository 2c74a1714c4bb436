// The Electron host: opens the window first, then, while the page starts, the studio behind it.
import { app, dialog, session, type BrowserWindow } from 'electron';
import { join } from 'node:path';
import { Problem, sentenceOf } from '#engine/problem';
import { listenToPage } from './connect.ts';
import { reportChildProcesses } from './crash.ts';
import { ElectronDesk } from './desk.ts';
import { denyNetwork, guardContents, guardSession } from './guard.ts';
import { setMenu } from './menu.ts';
import { declareScheme, serveScheme } from './scheme.ts';
import type { Served } from './serve.ts';
import { openWindow } from './window.ts';

const resources = app.isPackaged ? process.resourcesPath : join(app.getAppPath(), 'resources');
const built = join(import.meta.dirname, '..');

/** The value of `--name=value` among the arguments. */
function option(name: string): string | undefined {
  const start = `--${name}=`;
  return process.argv.find((argument) => argument.startsWith(start))?.slice(start.length);
}

function run(): void {
  const userData = option('user-data-dir');
  if (userData !== undefined) app.setPath('userData', userData);
  const asked = option('workspace');
  if (!app.requestSingleInstanceLock({ workspace: asked })) {
    // The window that is open already shows what was asked for.
    app.quit();
    return;
  }
  // It would take back --no-sandbox, without which Chromium does not run for root. Our windows are sandboxed either way.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  declareScheme();
  denyNetwork();

  let window: BrowserWindow | undefined;
  let served: Served | undefined;
  const windowOf = (): BrowserWindow | undefined => (window?.isDestroyed() === false ? window : undefined);
  const data = app.getPath('userData');
  const desk = new ElectronDesk(windowOf, () => served?.workspaces.openPath());
  const showWindow = (): void => {
    window = openWindow({
      preload: join(built, 'preload', 'index.cjs'),
      stateFile: join(data, 'window.json'),
      icon: join(resources, 'icons', 'atelier.png'),
    });
  };
  // Not awaited at the top level: see docs/decisions.md.
  const serving = app.whenReady().then(async () => {
    guardSession(session.defaultSession);
    serveScheme(session.defaultSession, join(built, 'renderer'));
    listenToPage({ windowOf, grant: desk.grant, serve: (port) => void serving.then(({ serve }) => serve(port), tell) });
    setMenu(windowOf);
    showWindow();
    const { startStudio } = await import('./serve.ts');
    served = await startStudio({ desk, data, resources, asked });
    return served;
  });

  app.on('web-contents-created', (_event, contents) => guardContents(contents, windowOf));
  app.on('second-instance', (_event, _argv, _folder, more) => {
    const shown = windowOf();
    if (shown?.isMinimized() === true) shown.restore();
    shown?.focus();
    const named = namedWorkspace(more);
    if (named === undefined) return;
    // Where it cannot be opened, the open one stays.
    serving.then(({ workspaces }) => workspaces.openNamed(named)).catch((error) => showProblem(windowOf(), error));
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', () => {
    if (windowOf() === undefined) showWindow();
  });
  quitWhenFlushed(serving);
  reportChildProcesses();
  process.on('unhandledRejection', tell);
  serving.catch(fail);
}

/** The first request to quit waits until jobs have stopped and the database is closed. */
function quitWhenFlushed(serving: Promise<Served>): void {
  let isFlushed = false;
  app.on('will-quit', (event) => {
    if (isFlushed) return;
    event.preventDefault();
    void serving
      .then(({ workspaces }) => workspaces.close())
      .catch(tell)
      .finally(() => {
        isFlushed = true;
        // Not from within the event that was just refused: Electron would take it for the same request and wait for ever.
        setImmediate(() => app.quit());
      });
  });
}

function namedWorkspace(more: unknown): string | undefined {
  if (typeof more !== 'object' || more === null || !('workspace' in more)) return undefined;
  return typeof more.workspace === 'string' ? more.workspace : undefined;
}

function showProblem(window: BrowserWindow | undefined, error: unknown): void {
  const hint = error instanceof Problem && error.hint !== undefined ? ` ${error.hint}` : '';
  const options = {
    type: 'error',
    message: 'The workspace was not opened.',
    detail: `${sentenceOf(error)}${hint}`,
  } as const;
  void (window === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options));
}

/** What no workspace can help: the studio itself does not load. */
function fail(error: unknown): void {
  tell(error);
  dialog.showErrorBox(
    'Atelier cannot start.',
    `${sentenceOf(error)}\n\nInstalling it again may help: npm ci in a checkout.`,
  );
  app.exit(1);
}

function tell(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

run();
