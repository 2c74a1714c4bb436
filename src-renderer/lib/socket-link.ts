// The page's way to the studio in a browser: a WebSocket that is opened again when it breaks, as long as this browser is logged in.
import type { ClientContext, ClientLink, ClientOptions } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { keep, readKept } from './kept.ts';

/** away: nobody answers there. out: somebody does, but this browser is not logged in (any more). */
export type SocketState = 'connecting' | 'open' | 'away' | 'out';

const keyName = 'atelier.page-key';
const firstWaitMs = 250;
const longestWaitMs = 4000;

/** Takes the page's key out of the address that the login led to; it stays with this origin, and goes to no other port as cookies do. */
export function keepPageKey(): void {
  const [, key] = /^#key=([\w-]+)$/.exec(location.hash) ?? [];
  if (key === undefined) return;
  keep(localStorage, keyName, key);
  history.replaceState(undefined, '', location.pathname);
}

function pageKey(): string {
  const kept = readKept(localStorage, keyName);
  return typeof kept === 'string' ? kept : '';
}

type Context = ClientContext;

export class SocketLink implements ClientLink<Context> {
  readonly #listeners = new Set<() => void>();
  #state: SocketState = 'connecting';
  #link: Promise<RPCLink<Context>> | undefined;
  /** Cuts a wait short: another login may be there. */
  #hurry: () => void = () => undefined;

  constructor() {
    // Another tab of this browser has logged in.
    window.addEventListener('storage', ({ key }) => {
      if (key === keyName) this.tryAgain();
    });
  }

  /** For useSyncExternalStore. */
  readonly state = (): SocketState => this.#state;
  readonly onState = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly tryAgain = (): void => this.#hurry();

  /** Waits until there is a connection. What was under way when one broke rejects. */
  async call(path: readonly string[], input: unknown, options: ClientOptions<Context>): Promise<unknown> {
    this.#link ??= this.#connect();
    const link = await this.#link;
    return link.call(path, input, options);
  }

  async #connect(): Promise<RPCLink<Context>> {
    for (let wait = firstWaitMs; ; wait = Math.min(longestWaitMs, wait * 2)) {
      const websocket = new WebSocket(`ws://${location.host}/socket`, ['atelier', `atelier.key.${pageKey()}`]);
      // Before the open event: what comes with it must not be missed.
      const link = new RPCLink<Context>({ websocket });
      if (await hasOpened(websocket)) {
        websocket.addEventListener('close', () => {
          this.#link = undefined;
          this.#tell('connecting');
        });
        this.#tell('open');
        return link;
      }
      const isOut = await isLoggedOut();
      this.#tell(isOut ? 'out' : 'away');
      await this.#pause(isOut ? undefined : wait);
    }
  }

  /** Until somebody says that it is worth another try where `ms` is undefined. */
  #pause(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #tell(state: SocketState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function hasOpened(websocket: WebSocket): Promise<boolean> {
  return new Promise((resolve) => {
    websocket.addEventListener('open', () => resolve(true), { once: true });
    websocket.addEventListener('close', () => resolve(false), { once: true });
  });
}

/** A socket that is refused does not say why; the server says it here. */
async function isLoggedOut(): Promise<boolean> {
  try {
    const { status } = await fetch('/session', { headers: { 'x-atelier-page': pageKey() }, cache: 'no-store' });
    return status === 403;
  } catch {
    return false;
  }
}
