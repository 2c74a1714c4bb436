// Takes the page's port and serves the contract on it; takes the paths of dropped files. From our page alone.
import { ipcMain, type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent } from 'electron';
import { RPCHandler } from '@orpc/server/message-port';
import { connectMessage, grantChannel } from '#contract/bridge';
import type { Context } from '#handlers/context';
import { router } from '#handlers/router';
import { origin } from './app-url.ts';

export interface ConnectParts {
  readonly windowOf: () => BrowserWindow | undefined;
  readonly context: Context;
  readonly grant: (path: string) => void;
}

export function serveContract({ windowOf, context, grant }: ConnectParts): void {
  const handler = new RPCHandler(router);
  const isOurs = (event: IpcMainEvent | IpcMainInvokeEvent): boolean => {
    const window = windowOf();
    const frame = event.senderFrame;
    if (window === undefined || window.isDestroyed() || frame === null) return false;
    return frame === window.webContents.mainFrame && frame.origin === origin;
  };

  ipcMain.on(connectMessage, (event) => {
    const [port] = event.ports;
    if (port === undefined) return;
    if (!isOurs(event)) {
      port.close();
      return;
    }
    // A reloaded page brings a new port; the old one closes with the old page and ends its streams.
    handler.upgrade(port, { context });
    port.start();
  });
  ipcMain.handle(grantChannel, (event, path: unknown) => {
    if (!isOurs(event) || typeof path !== 'string') throw new Error('Refused.');
    grant(path);
  });
}
