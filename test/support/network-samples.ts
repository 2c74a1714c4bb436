// Calls, keys, exchanges and entries of the ledger, small and ordinary.
import type { GatewayKey } from '#contract/gateway';
import type { CallRecord, Exchange, LedgerStore } from '#engine/network-ports';
import type { LedgerEntry } from '#contract/egress';
import { hash, start } from './samples.ts';

/** The UUID of the call that a test calls `name`. */
export function callId(name: string): string {
  const digits = hash(`call ${name}`);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}

export function callOf(name: string, change: Partial<CallRecord> = {}): CallRecord {
  return {
    id: callId(name),
    key: 'key-1',
    at: start,
    endpoint: 'POST /v1/chat/completions',
    stream: false,
    state: 'done',
    ...change,
  };
}

export function exchangeOf(name: string, read: string, change: Partial<Exchange> = {}): Exchange {
  return {
    id: callId(name),
    dialect: 'openai-chat',
    read,
    rest: { model: 'm', temperature: 0.5 },
    status: 200,
    headers: [
      ['Content-Type', 'application/json'],
      ['x-a', 'b'],
    ],
    body: Buffer.from(`answer ${name}`),
    ...change,
  };
}

export function keyOf(name: string, change: Partial<GatewayKey> = {}): GatewayKey {
  return {
    id: name,
    settings: { label: name, scopes: ['models'], mode: 'record' },
    prefix: 'atl-3f9c',
    createdAt: start,
    ...change,
  };
}

export type SampleEntry = Partial<Omit<LedgerEntry, 'n' | 'hash'>>;

/** Appends entries with a hash of no meaning. */
export function appendEntries(ledger: LedgerStore, ...entries: readonly SampleEntry[]): readonly LedgerEntry[] {
  return ledger.append((last) =>
    entries.map((entry, index) => {
      const n = (last?.n ?? 0) + 1 + index;
      return {
        at: start + n,
        kind: 'open',
        host: 'a.example',
        port: 443,
        purpose: 'model',
        hash: hash(`${n}`),
        ...entry,
        n,
      };
    }),
  );
}
