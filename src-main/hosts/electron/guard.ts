// What the page may not do: leave its origin, open windows, download, ask for devices, reach the network.
import { app, dialog, shell, type BrowserWindow, type Session, type WebContents } from 'electron';
import { origin, pageUrl } from './app-url.ts';

/** Copying text is all the page may ask of the system by itself. */
const allowedPermissions = new Set(['clipboard-sanitized-write']);
const localSchemes = new Set(['app:', 'blob:', 'data:', 'devtools:', 'chrome-extension:']);

/**
 * The browser engine itself needs no network: it looks up no name, so that what it would fetch of its own accord (dictionaries, lists, tests
 * of the connection) goes nowhere, and nothing leaves past the ledger. Main has a network of its own. Must run before the app is ready.
 */
export function denyNetwork(): void {
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('disable-background-networking');
  app.commandLine.appendSwitch('disable-component-update');
}

export function guardSession(session: Session): void {
  // Else it asks for a dictionary at each start, whatever windows want.
  session.setSpellCheckerEnabled(false);
  session.setSpellCheckerLanguages([]);
  session.setPermissionRequestHandler((contents, permission, allow, details) => {
    allow(allowedPermissions.has(permission) && details.isMainFrame && isPage(contents?.getURL()));
  });
  session.setPermissionCheckHandler((contents, permission, requestingOrigin, details) => {
    const asks = requestingOrigin.replace(/\/$/, '') === origin;
    return (
      allowedPermissions.has(permission) &&
      details.isMainFrame &&
      asks &&
      (contents === null || isPage(contents.getURL()))
    );
  });
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
  // The policy of the page says so already; this holds for whatever would slip past it.
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !localSchemes.has(new URL(details.url).protocol) });
  });
}

/** Guards every page there is or will be: also one that should not exist. */
export function guardContents(contents: WebContents, windowOf: () => BrowserWindow | undefined): void {
  // Comes before will-navigate, and for every frame.
  contents.on('will-frame-navigate', (event) => {
    // The page may load itself again, and nothing else.
    if (event.isMainFrame && event.url === pageUrl) return;
    event.preventDefault();
    if (event.isMainFrame) void offerLink(event.url, windowOf());
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    void offerLink(url, windowOf());
    return { action: 'deny' };
  });
}

/** Opens an https link in the system's browser once the person has seen where it leads; anything else goes nowhere. */
async function offerLink(url: string, window: BrowserWindow | undefined): Promise<void> {
  if (!URL.canParse(url)) return;
  const link = new URL(url);
  if (link.protocol !== 'https:' || link.username !== '' || link.password !== '' || window === undefined) return;
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: `Open ${link.host} in your browser?`,
    detail: `${link.href.slice(0, 500)}\n\nThe address comes from something that was imported or written here, not from Atelier.`,
    buttons: ['Cancel', 'Open in browser'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  if (response === 1) await shell.openExternal(link.href);
}

function isPage(url: string | undefined): boolean {
  return url !== undefined && (url === origin || url.startsWith(`${origin}/`));
}
