// When the page dies or hangs: says so and offers to load it again. The work itself lies with main, on disk.
import { app, dialog, type BrowserWindow } from 'electron';

/** Watches the window's page. */
export function crashDialogs(window: BrowserWindow): void {
  const contents = window.webContents;
  let isAsking = false;
  // Set where the person has already said that a hung page is to be loaded again.
  let isEnding = false;

  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    process.stderr.write(`The page's process ended: ${reason} (${exitCode}).\n`);
    if (isEnding) reloadSoon(window);
    else void askReload(window, reason);
    isEnding = false;
  });
  window.on('unresponsive', () => {
    if (isAsking) return;
    isAsking = true;
    void askWait(window, () => {
      isEnding = true;
      contents.forcefullyCrashRenderer();
    }).finally(() => (isAsking = false));
  });
}

/** Says what other processes of the browser engine ended; it starts them again by itself. */
export function reportChildProcesses(): void {
  app.on('child-process-gone', (_event, { type, reason, exitCode, name }) => {
    if (reason !== 'clean-exit') process.stderr.write(`The ${name ?? type} process ended: ${reason} (${exitCode}).\n`);
  });
}

async function askReload(window: BrowserWindow, reason: string): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The window stopped working.',
    detail: `Its process ended (${reason}). Nothing that was saved is lost: labels, imports and datasets are on disk.`,
    buttons: ['Reload', 'Quit'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  if (response === 1) app.quit();
  else reloadSoon(window);
}

async function askWait(window: BrowserWindow, end: () => void): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message: 'The window does not answer.',
    detail: 'You can wait, or reload it. Nothing that was saved is lost.',
    buttons: ['Wait', 'Reload'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  if (response === 1 && !window.isDestroyed()) end();
}

/** Not from within the event: Chromium is still taking the dead process down, and would go with it. */
function reloadSoon(window: BrowserWindow): void {
  setTimeout(() => {
    if (!window.isDestroyed()) window.webContents.reload();
  }, 50);
}
