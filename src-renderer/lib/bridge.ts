// The page's end of the bridge.
import { connectMessage, type Bridge } from '#contract/bridge';

declare global {
  interface Window {
    readonly atelier?: Bridge<File>;
  }
}

/** Whether this is a browser and not the window: what only the window can do is asked for in other ways. */
export function isInBrowser(): boolean {
  return window.atelier === undefined;
}

/** Opens the one port to the main process. */
export function connect(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  window.postMessage(connectMessage, location.origin, [port2]);
  return port1;
}

/**
 * Paths of files that were dropped on the window, now granted to be imported. Files that are not on disk
 * (dragged out of another page) have none.
 */
export async function grantFiles(files: readonly File[]): Promise<readonly string[]> {
  const { atelier } = window;
  if (atelier === undefined) return [];
  const paths = await Promise.all(files.map((file) => atelier.grant(file)));
  return paths.filter((path) => path !== undefined);
}

/** Listens to the system's menu. */
export function onMenuCommand(listener: (id: string) => void): void {
  window.atelier?.onCommand(listener);
}
