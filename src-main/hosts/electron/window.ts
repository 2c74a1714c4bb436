// The window: sandboxed, isolated, without Node, showing app://studio and nothing else.
import { BrowserWindow, nativeTheme } from 'electron';
import { crashDialogs } from './crash.ts';
import { pageUrl } from './app-url.ts';
import { keepWindowState, readWindowState } from './window-state.ts';

/** --bg of styles/tokens.css, so that nothing flashes before the page has drawn. */
const ground = { light: '#f8f9fb', dark: '#121419' } as const;

export interface WindowParts {
  readonly preload: string;
  readonly stateFile: string;
  readonly icon: string;
}

export function openWindow({ preload, stateFile, icon }: WindowParts): BrowserWindow {
  const state = readWindowState(stateFile);
  const window = new BrowserWindow({
    title: 'Atelier',
    width: state?.width ?? 1440,
    height: state?.height ?? 900,
    ...(state === undefined ? {} : { x: state.x, y: state.y }),
    minWidth: 480,
    minHeight: 320,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? ground.dark : ground.light,
    icon,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      navigateOnDragDrop: false,
      // Its dictionaries would come from the network.
      spellcheck: false,
    },
  });
  if (state?.maximized === true) window.maximize();
  keepWindowState(window, stateFile);
  crashDialogs(window);
  window.once('ready-to-show', () => window.show());
  void window.loadURL(pageUrl);
  return window;
}
