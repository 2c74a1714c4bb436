// The system's menu: its usual entries, and the studio's frequent actions by the ids they have in the palette.
import { app, Menu, type BrowserWindow, type MenuItemConstructorOptions } from 'electron';
import { commandChannel } from '#contract/bridge';

export function setMenu(windowOf: () => BrowserWindow | undefined): void {
  /** The page listens to the keys itself; the menu only shows them. */
  const command = (label: string, id: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
    click: () => windowOf()?.webContents.send(commandChannel, id),
  });
  const isMac = process.platform === 'darwin';
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: 'File',
      submenu: [
        command('Import Agent Logs…', 'imports.open'),
        command('Open Workspace…', 'workspace.switch', 'CmdOrCtrl+O'),
        line,
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'Go',
      submenu: [
        command('Traces', 'go.traces', 'CmdOrCtrl+1'),
        command('Prefer', 'go.prefer', 'CmdOrCtrl+2'),
        command('Datasets', 'go.datasets', 'CmdOrCtrl+3'),
        line,
        command('Back', 'go.back', 'Alt+Left'),
        command('Forward', 'go.forward', 'Alt+Right'),
      ],
    },
    {
      label: 'View',
      submenu: [
        command('Commands…', 'app.palette', 'CmdOrCtrl+K'),
        command('Change Theme', 'app.theme', 'CmdOrCtrl+Shift+L'),
        line,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        line,
        { role: 'reload' },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' } as const]),
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [command('Shortcuts', 'app.shortcuts'), command('Check This Machine', 'app.machine'), { role: 'about' }],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
