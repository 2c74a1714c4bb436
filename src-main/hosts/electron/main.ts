// The Electron host: wires the window, the workspace and the contract together.
import { app, dialog, session, type BrowserWindow } from 'electron';
import { join } from 'node:path';
import { openWorkspaceStore, systemClock } from '#adapters/workspace';
import { Problem, sentenceOf } from '#engine/problem';
import { doctorLines } from '../doctor.ts';
import { RecentList } from '../recent.ts';
import { newSample } from '../sample.ts';
import { OpenWorkspaces } from '../workspaces.ts';
import { serveContract } from './connect.ts';
import { reportChildProcesses } from './crash.ts';
import { ElectronDesk } from './desk.ts';
import { guardContents, guardSession } from './guard.ts';
import { setMenu } from './menu.ts';
import { declareScheme, serveScheme } from './scheme.ts';
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

  let window: BrowserWindow | undefined;
  const windowOf = (): BrowserWindow | undefined => (window?.isDestroyed() === false ? window : undefined);
  const data = app.getPath('userData');
  const desk = new ElectronDesk(windowOf, () => folderOf(workspaces));
  const workspaces = new OpenWorkspaces({
    clock: systemClock,
    recent: new RecentList(join(data, 'recent.json')),
    openStore: (folder) => openWorkspaceStore(folder, { owner: 'the Atelier window' }),
    pickFolder: (title) => desk.pickFolder(title),
    sample: newSample(join(resources, 'sample'), join(data, 'Riverside Books')),
    doctor: (studio) => doctorLines(studio?.path),
  });
  const showWindow = (): void => {
    window = openWindow({
      preload: join(built, 'preload', 'index.cjs'),
      stateFile: join(data, 'window.json'),
      icon: join(resources, 'icons', 'atelier.png'),
    });
  };

  app.on('web-contents-created', (_event, contents) => guardContents(contents, windowOf));
  app.on('second-instance', (_event, _argv, _folder, more) => {
    const shown = windowOf();
    if (shown?.isMinimized() === true) shown.restore();
    shown?.focus();
    const named = namedWorkspace(more);
    // Where it cannot be opened, the open one stays.
    if (named !== undefined) workspaces.openNamed(named).catch((error: unknown) => showProblem(windowOf(), error));
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', () => {
    if (windowOf() === undefined) showWindow();
  });
  quitWhenFlushed(workspaces);
  reportChildProcesses();
  process.on('unhandledRejection', tell);

  // Not awaited at the top level: see docs/decisions.md.
  void app.whenReady().then(() => {
    guardSession(session.defaultSession);
    serveScheme(session.defaultSession, join(built, 'renderer'));
    serveContract({ windowOf, context: { studio: workspaces.studio, desk, workspaces }, grant: desk.grant });
    setMenu(windowOf);
    // The page loads in its own process while the database opens in this one.
    showWindow();
    return workspaces.start(asked);
  });
}

/** The first request to quit waits until jobs have stopped and the database is closed. */
function quitWhenFlushed(workspaces: OpenWorkspaces): void {
  let isFlushed = false;
  app.on('will-quit', (event) => {
    if (isFlushed) return;
    event.preventDefault();
    void workspaces
      .close()
      .catch(tell)
      .finally(() => {
        isFlushed = true;
        // Not from within the event that was just refused: Electron would take it for the same request and wait for ever.
        setImmediate(() => app.quit());
      });
  });
}

function folderOf(workspaces: OpenWorkspaces): string | undefined {
  try {
    return workspaces.studio().path;
  } catch {
    return undefined;
  }
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

function tell(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

run();
