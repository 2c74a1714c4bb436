// Everything the memory store holds: plain maps in order of arrival, copied whole for a transaction.
import type { Dataset, DatasetVersion, FrozenChoice, Recipe } from '#contract/dataset';
import type { LedgerEntry } from '#contract/egress';
import type { GatewayKey } from '#contract/gateway';
import type { ImportSummary, Reject } from '#contract/import';
import type { JournalEvent } from '#contract/journal';
import type { Annotator, Label } from '#contract/label';
import type { Pair } from '#contract/pair';
import type { RunSummary } from '#contract/run';
import type { Span } from '#contract/trace';
import type { Json, JsonObject, Turn } from '#contract/turn';
import type { CallRecord, Exchange } from '#engine/network-ports';
import type { Act, AgentSource, ResidueLink, Snapshot, SourceRecord, StoredTrace } from '#engine/ports';
import { Problem } from '#engine/problem';

export class State {
  turns = new Map<string, Turn>();
  imports = new Map<string, ImportSummary>();
  rejects = new Map<string, readonly Reject[]>();
  records = new Map<string, SourceRecord>();
  residues = new Map<string, ResidueLink>();
  traces = new Map<string, { readonly trace: StoredTrace; readonly removed: boolean }>();
  spans = new Map<string, readonly Span[]>();
  pairs = new Map<string, Pair>();
  annotators = new Map<string, Annotator>();
  labels = new Map<string, Label>();
  acts = new Map<number, Act>();
  datasets = new Map<string, { readonly dataset: Omit<Dataset, 'versions'>; readonly removed: boolean }>();
  versions = new Map<string, DatasetVersion>();
  frozen = new Map<string, { readonly recipe: Recipe; readonly choices: readonly FrozenChoice[] }>();
  settings = new Map<string, Json>();
  runs = new Map<string, RunSummary>();
  /** A run's own events, without those it shares. */
  journals = new Map<string, readonly JournalEvent[]>();
  snapshots = new Map<string, readonly Snapshot[]>();
  agentSources = new Map<string, AgentSource>();
  nodeResults = new Map<string, { readonly until: number; readonly patches: readonly JsonObject[] }>();
  calls = new Map<string, CallRecord>();
  exchanges = new Map<string, Exchange>();
  keys = new Map<string, { readonly key: GatewayKey; readonly hash: string | undefined }>();
  ledger = new Map<number, LedgerEntry>();
  lastAct = 0;

  /** All of `work` or nothing. */
  transaction<T>(work: () => T): T {
    const before = Object.entries(this).map(([name, value]) => [name, value instanceof Map ? new Map(value) : value]);
    try {
      return work();
    } catch (error) {
      Object.assign(this, Object.fromEntries(before));
      throw error;
    }
  }
}

/** What must be stored already. */
export function known<T>(map: ReadonlyMap<string, T>, id: string, what: string): T {
  const value = map.get(id);
  if (value === undefined) throw new Problem('NOT_FOUND', `The ${what} ${id} is not in the workspace.`);
  return value;
}

/** The order of UTF-8 bytes. */
export function byBytes(one: string, two: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(two));
}

/** The most frequent first; equals by value. */
export function counted<T extends string>(values: readonly T[]): { value: T; count: number }[] {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const all = [...counts].map(([value, count]) => ({ value, count }));
  return all.toSorted((one, two) => two.count - one.count || byBytes(one.value, two.value)).slice(0, 1000);
}
