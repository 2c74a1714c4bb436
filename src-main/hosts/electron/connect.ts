// Takes the page's port and the paths of dropped files: from the main frame of our window alone.
import {
  ipcMain,
  type BrowserWindow,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  type MessagePortMain,
} from 'electron';
import { connectMessage, grantChannel } from '#contract/bridge';
import { origin } from './app-url.ts';

export interface ConnectParts {
  readonly windowOf: () => BrowserWindow | undefined;
  /** Serves the contract on a port of the page. */
  readonly serve: (port: MessagePortMain) => void;
  readonly grant: (path: string) => void;
}

export function listenToPage({ windowOf, serve, grant }: ConnectParts): void {
  const isOurs = (event: IpcMainEvent | IpcMainInvokeEvent): boolean => {
    const window = windowOf();
    const frame = event.senderFrame;
    if (window === undefined || window.isDestroyed() || frame === null) return false;
    return frame === window.webContents.mainFrame && frame.origin === origin;
  };
  ipcMain.on(connectMessage, (event) => {
    const [port] = event.ports;
    if (port === undefined) return;
    // A reloaded page brings a new port; the old one closes with the old page and ends its streams.
    if (isOurs(event)) serve(port);
    else port.close();
  });
  ipcMain.handle(grantChannel, (event, path: unknown) => {
    if (!isOurs(event) || typeof path !== 'string') throw new Error('Refused.');
    grant(path);
  });
}
