// The way out for tests: a real ledger, real connections, and what both say in the end.
import { onTestFinished } from 'vitest';
import { NodeHttp } from '#adapters/http';
import type { LedgerEntry } from '#contract/egress';
import { Egress, type EgressParts } from '#engine/egress/egress';
import type { HttpResponse, Outbound } from '#engine/network-ports';
import type { Store } from '#engine/ports';
import { temporaryStore } from './store.ts';

export interface EgressWorld {
  readonly store: Store;
  readonly egress: Egress;
  /** All there is in the ledger; those that wait are written first. */
  readonly entries: () => Promise<readonly LedgerEntry[]>;
}

/** Closed when the test is. */
export function egressWorld(change: Partial<EgressParts> & { readonly store?: Store } = {}): EgressWorld {
  const { store = temporaryStore(), ...parts } = change;
  const { ledger, settings } = store;
  const clock = { now: () => Date.now() };
  const egress = new Egress({ http: new NodeHttp(), ledger, settings, clock, changed() {}, ...parts });
  onTestFinished(() => egress.close());
  const entries = async (): Promise<readonly LedgerEntry[]> => {
    // What was closed a moment ago is written within 50 ms; a report writes it now.
    await new Promise((resolve) => setImmediate(resolve));
    egress.report({});
    return ledger.entries(0, 100_000);
  };
  return { store, egress, entries };
}

export function outbound(url: string, change: Partial<Outbound> = {}): Outbound {
  return {
    method: 'POST',
    url,
    headers: [['X-Test', 'yes']],
    body: Buffer.from('{"hello":"there"}'),
    signal: new AbortController().signal,
    headMs: 20_000,
    idleMs: 20_000,
    cause: { purpose: 'model', model: 'openai/gpt-5' },
    ...change,
  };
}

export async function bodyOf(response: HttpResponse): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** Bytes of all closes. */
export function trafficOf(entries: readonly LedgerEntry[]): { readonly sent: number; readonly received: number } {
  const closes = entries.filter(({ kind }) => kind === 'close');
  return {
    sent: closes.reduce((sum, { sent = 0 }) => sum + sent, 0),
    received: closes.reduce((sum, { received = 0 }) => sum + received, 0),
  };
}

/** Polls until it holds, or fails after 20 s. */
export async function until(holds: () => boolean): Promise<void> {
  const limit = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > limit) throw new Error('It never came to that.');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
