// Calls the contract from inside the page, past the screens: what a script running there could do.
import type { Page } from '@playwright/test';
import { connectMessage } from '../../src-preload/contract/bridge.ts';

export interface RawAnswer {
  /** HTTP-like: 200, or the status of the problem. */
  readonly status: number;
  /** The result, or `{ code, message, data }`. */
  readonly body: unknown;
}

/** Opens a port of its own and sends one request; undefined where nothing answers within `patienceMs`. */
export function callRaw(page: Page, path: string, input?: unknown, patienceMs = 5_000): Promise<RawAnswer | undefined> {
  return page.evaluate(
    ({ path, input, patienceMs, connectMessage }) => {
      const { port1, port2 } = new MessageChannel();
      window.postMessage(connectMessage, location.origin, [port2]);
      return new Promise<{ status: number; body: unknown } | undefined>((resolve) => {
        const timer = setTimeout(() => resolve(undefined), patienceMs);
        port1.addEventListener('message', (event: MessageEvent<string>) => {
          clearTimeout(timer);
          const { p } = JSON.parse(event.data);
          resolve({ status: p.s ?? 200, body: p.b?.json });
          port1.close();
        });
        port1.start();
        port1.postMessage(JSON.stringify({ i: '1', p: { u: path, b: { json: input } } }));
      });
    },
    { path, input, patienceMs, connectMessage },
  );
}
