// When the page dies or hangs: says so and offers to load it again. The work itself lies with main, on disk.
import { app, dialog, type BrowserWindow } from 'electron';

export function crashDialogs(window: BrowserWindow): void {
  const contents = window.webContents;
  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    process.stderr.write(`The page's process ended: ${reason} (${exitCode}).\n`);
    void askReload(window, 'The window stopped working.', `Its process ended (${reason}).`);
  });
  let asking = false;
  window.on('unresponsive', () => {
    if (asking) return;
    asking = true;
    void askWait(window).finally(() => (asking = false));
  });
}

/** Says what other processes of the browser engine ended; it starts them again by itself. */
export function reportChildProcesses(): void {
  app.on('child-process-gone', (_event, { type, reason, exitCode, name }) => {
    if (reason !== 'clean-exit') process.stderr.write(`The ${name ?? type} process ended: ${reason} (${exitCode}).\n`);
  });
}

async function askReload(window: BrowserWindow, message: string, detail: string): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message,
    detail: `${detail} Nothing that was saved is lost: labels, imports and datasets are on disk.`,
    buttons: ['Reload', 'Quit'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  if (response === 1) app.quit();
  else if (!window.isDestroyed()) window.webContents.reload();
}

async function askWait(window: BrowserWindow): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message: 'The window does not answer.',
    detail: 'You can wait, or reload it. Nothing that was saved is lost.',
    buttons: ['Wait', 'Reload'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  if (response !== 1 || window.isDestroyed()) return;
  window.webContents.forcefullyCrashRenderer();
  window.webContents.reload();
}
