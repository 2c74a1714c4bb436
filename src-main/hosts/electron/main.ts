// The Electron host: opens the window.
import { app, BrowserWindow } from 'electron';
import { join } from 'node:path';

async function openWindow(): Promise<void> {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    webPreferences: {
      sandbox: true,
      contextIsolation: true,
      preload: join(import.meta.dirname, '../preload/index.cjs'),
    },
  });
  await window.loadFile(join(import.meta.dirname, '../renderer/index.html'));
}

// Not a top-level await: a driver that holds the ready event back until it has attached would wait for ever.
void app.whenReady().then(openWindow);
