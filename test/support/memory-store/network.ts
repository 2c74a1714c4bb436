// Calls, keys and the ledger in maps and a list.
import type { EgressReport, LedgerEntry, LedgerFilter, LedgerPage } from '#contract/egress';
import type { GatewayKey, KeyUse } from '#contract/gateway';
import type { SpentToday } from '#contract/model';
import type { TurnId } from '#contract/turn';
import type {
  CallRecord,
  CallStore,
  Exchange,
  KeyStore,
  LedgerSpan,
  LedgerStore,
  SpentFilter,
  WireDialect,
} from '#engine/network-ports';
import { Problem } from '#engine/problem';
import { known, type State } from './state.ts';

export class MemoryCalls implements CallStore {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  put(calls: readonly CallRecord[]): void {
    for (const call of calls) this.#state.calls.set(call.id, call);
  }

  get(id: string): CallRecord | undefined {
    return this.#state.calls.get(id);
  }

  list({ key, run }: { readonly key?: string; readonly run?: string }, limit: number): CallRecord[] {
    return [...this.#state.calls.values()]
      .filter((call) => (key === undefined || call.key === key) && (run === undefined || call.run === run))
      .toReversed()
      .slice(0, limit);
  }

  unfinished(limit: number): CallRecord[] {
    return [...this.#state.calls.values()]
      .filter(({ state }) => state === 'waiting' || state === 'streaming')
      .slice(0, limit);
  }

  spent({ from, to = Infinity, key, run }: SpentFilter): SpentToday {
    const calls = this.list({ ...(key === undefined ? {} : { key }), ...(run === undefined ? {} : { run }) }, Infinity);
    const began = calls.filter(({ at }) => at >= from && at < to);
    const used = began.filter((call) => call.from !== 'record');
    const sum = (of: (call: CallRecord) => number): number => used.reduce((total, call) => total + of(call), 0);
    const tokens = (call: CallRecord): number => (call.inputTokens ?? 0) + (call.outputTokens ?? 0);
    return {
      calls: began.length,
      inputTokens: sum((call) => call.inputTokens ?? 0),
      outputTokens: sum((call) => call.outputTokens ?? 0),
      usd: sum((call) => call.costUsd ?? 0),
      unpriced: used.filter((call) => call.costUsd === undefined && tokens(call) > 0).length,
    };
  }

  usedByKey(from: number): KeyUse[] {
    const keys = new Set([...this.#state.calls.values()].map(({ key }) => key));
    return [...keys].flatMap((key) => {
      const { calls, inputTokens, outputTokens, usd } = this.spent({ from, key });
      if (key === '' || calls === 0) return [];
      const errors = this.list({ key }, Infinity).filter(
        (call) => call.at >= from && (call.state === 'failed' || (call.status ?? 0) >= 400),
      ).length;
      return [{ key, calls, inputTokens, outputTokens, usd, errors }];
    });
  }

  putExchange(exchange: Exchange): void {
    if (this.#state.exchanges.has(exchange.id)) return;
    for (const turn of [exchange.read, exchange.wrote]) if (turn !== undefined) known(this.#state.turns, turn, 'turn');
    if (exchange.residue !== undefined) known(this.#state.residues, exchange.residue, 'residue');
    this.#state.exchanges.set(exchange.id, exchange);
  }

  exchange(id: string): Exchange | undefined {
    return this.#state.exchanges.get(id);
  }

  answersTo(read: TurnId, dialect: WireDialect, limit: number): Exchange[] {
    return [...this.#state.exchanges.values()]
      .filter((exchange) => exchange.read === read && exchange.dialect === dialect)
      .toReversed()
      .slice(0, limit);
  }

  wroteBy(turn: TurnId, limit: number): CallRecord[] {
    return [...this.#state.exchanges.values()]
      .filter(({ wrote }) => wrote === turn)
      .toReversed()
      .flatMap(({ id }) => this.get(id) ?? [])
      .slice(0, limit);
  }
}

export class MemoryKeys implements KeyStore {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  put(key: GatewayKey, hash?: string): void {
    const kept = hash ?? this.#state.keys.get(key.id)?.hash;
    this.#state.keys.set(key.id, { key, hash: kept });
  }

  get(id: string): GatewayKey | undefined {
    return this.#state.keys.get(id)?.key;
  }

  byHash(hash: string): GatewayKey | undefined {
    return [...this.#state.keys.values()].find((entry) => entry.hash === hash)?.key;
  }

  list(): GatewayKey[] {
    return [...this.#state.keys.values()].map(({ key }) => key);
  }
}

export class MemoryLedger implements LedgerStore {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  append(make: (last: LedgerEntry | undefined) => readonly LedgerEntry[]): readonly LedgerEntry[] {
    return this.#state.transaction(() => {
      const entries = make(this.last());
      for (const entry of entries) {
        const n = this.count();
        if (entry.n <= n) throw new Problem('INTERNAL', `The ledger's entry ${entry.n} does not come after ${n}.`);
        this.#state.ledger.set(entry.n, entry);
      }
      return entries;
    });
  }

  #all(): LedgerEntry[] {
    return [...this.#state.ledger.values()];
  }

  last(): LedgerEntry | undefined {
    return this.#all().at(-1);
  }

  list(filter: LedgerFilter, offset: number, limit: number): LedgerPage {
    const { from = -Infinity, to = Infinity, ...same } = filter;
    const wanted = Object.entries(same).filter(([, value]) => value !== undefined);
    const items = this.#all().filter(
      (entry) =>
        entry.at >= from &&
        entry.at < to &&
        wanted.every(([name, value]) => entry[name as keyof typeof same] === value),
    );
    return { items: items.toReversed().slice(offset, offset + limit), total: items.length };
  }

  entries(after: number, limit: number): LedgerEntry[] {
    return this.#all()
      .filter(({ n }) => n > after)
      .slice(0, limit);
  }

  count(): number {
    return this.last()?.n ?? 0;
  }

  #within({ from, to, run }: LedgerSpan): LedgerEntry[] {
    return this.#all().filter(({ at, run: of }) => at >= from && at < to && (run === undefined || of === run));
  }

  hosts(span: LedgerSpan): EgressReport['hosts'] {
    const groups = Map.groupBy(this.#within(span), ({ host, port }) => JSON.stringify([host, port]));
    const hosts = [...groups.values()].flatMap((entries) => {
      const [first] = entries;
      if (first === undefined) return [];
      const closes = entries.filter(({ kind }) => kind === 'close');
      return [
        {
          host: first.host,
          port: first.port,
          connections: entries.filter(({ kind }) => kind === 'open').length,
          sent: closes.reduce((sum, { sent = 0 }) => sum + sent, 0),
          received: closes.reduce((sum, { received = 0 }) => sum + received, 0),
          refused: entries.filter(({ kind }) => kind === 'refused').length,
          secrets: [...new Set(entries.flatMap(({ secret }) => secret ?? []))],
          purposes: [...new Set(entries.map(({ purpose }) => purpose))],
        },
      ];
    });
    return hosts.toSorted((one, two) => two.sent - one.sent);
  }

  unclosed(span: LedgerSpan): number[] {
    const closed = new Set(this.#all().map(({ opens }) => opens));
    return this.#within(span)
      .filter(({ kind, n }) => kind === 'open' && !closed.has(n))
      .map(({ n }) => n);
  }
}
