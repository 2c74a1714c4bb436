// The one way out: what may leave is decided here, and written down before its first byte does.
import { z } from 'zod';
import type { EgressReport, EgressState, LedgerCheck, LedgerEntry, LedgerFilter, LedgerPage } from '#contract/egress';
import {
  HttpFailure,
  type Http,
  type HttpResponse,
  type LedgerStore,
  type Outbound,
  type WayOut,
} from '../network-ports.ts';
import type { Clock, SettingStore } from '../ports.ts';
import { Problem } from '../problem.ts';
import { noRedaction, type Redactor } from '../redactor.ts';
import { checkLedger, type LedgerDraft } from './chain.ts';
import { ExchangeUnderWay, type ExchangeEnd } from './exchange.ts';
import { LedgerWriter } from './ledger-writer.ts';
import { reportOf, Today, type ReportQuestion } from './report.ts';
import { allowedHost, isAllowed, placeOf, targetOf, type Target } from './target.ts';

const offlineName = 'egress.isOffline';
const allowedName = 'egress.allowed';
const loopback: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Views are told at most so often, ms. */
const toldMs = 150;
/** So much of a path, model or reason is kept, characters. */
const keptLength = 300;

export interface EgressParts {
  readonly http: Http;
  readonly ledger: LedgerStore;
  readonly settings: SettingStore;
  readonly clock: Clock;
  /** Called at most about seven times a second. */
  readonly changed: () => void;
  /** Masks what is written down: a path or a model's name may hold a secret. */
  readonly redactor?: Redactor;
}

export class Egress implements WayOut {
  readonly #parts: EgressParts;
  readonly #redactor: Redactor;
  readonly #writer: LedgerWriter;
  readonly #today: Today;
  readonly #underWay = new Set<ExchangeUnderWay>();
  #entries: number;
  #isOffline: boolean;
  #allowed: readonly string[];
  #isClosed = false;
  #telling: NodeJS.Timeout | undefined;

  constructor(parts: EgressParts) {
    const { ledger, settings } = parts;
    this.#parts = parts;
    this.#redactor = parts.redactor ?? noRedaction;
    this.#writer = new LedgerWriter({ ledger, settings, written: (entries) => this.#written(entries) });
    this.#today = new Today(ledger);
    this.#entries = ledger.count();
    // A setting that cannot be read lets nothing out.
    this.#isOffline = z
      .boolean()
      .catch(true)
      .parse(settings.get(offlineName) ?? false);
    this.#allowed = z
      .array(z.string())
      .catch([])
      .parse(settings.get(allowedName) ?? loopback);
  }

  state(): EgressState {
    const { refused, sent } = this.#today.at(this.#parts.clock.now());
    return {
      isOffline: this.#isOffline,
      allowed: this.#allowed,
      refusedToday: refused,
      sentToday: sent,
      entries: this.#entries,
    };
  }

  /** Kept for the workspace. What is under way to a host that may not be reached is cut off, and idle connections are closed. */
  async setOffline(isOffline: boolean): Promise<EgressState> {
    this.#parts.settings.set(offlineName, isOffline);
    this.#isOffline = isOffline;
    await this.#cutForbidden();
    this.#tell();
    return this.state();
  }

  /** Hosts that may be reached while offline, all of them; BAD_INPUT names the one that is no host. */
  async setAllowed(hosts: readonly string[]): Promise<EgressState> {
    const allowed = [...new Set(hosts.map(allowedHost))];
    this.#parts.settings.set(allowedName, allowed);
    this.#allowed = allowed;
    await this.#cutForbidden();
    this.#tell();
    return this.state();
  }

  ledger(filter: LedgerFilter, offset: number, limit: number): LedgerPage {
    return this.#parts.ledger.list(filter, offset, limit);
  }

  report(question: ReportQuestion): EgressReport {
    this.#writer.flush();
    const open = new Set([...this.#underWay].flatMap(({ entry }) => entry?.n ?? []));
    return reportOf(this.#parts.ledger, question, this.#parts.clock.now(), open);
  }

  /** Whether the ledger is as it was written: see `checkLedger` for what that proves. */
  check(): Promise<LedgerCheck> {
    return checkLedger(this.#parts.ledger, this.#parts.settings);
  }

  /**
   * Sends a request and resolves with the head of its answer; its body must be read or left (what nobody begins to read within `idleMs` is
   * cut off). Problem: REFUSED while offline, BAD_INPUT for an address that is none, the store's own where the ledger cannot be written:
   * then nothing left. HttpFailure where the network fails.
   */
  async send(outbound: Outbound): Promise<HttpResponse> {
    const target = targetOf(outbound.url);
    if (this.#isClosed) throw closing();
    if (outbound.signal.aborted)
      throw new HttpFailure('ABORTED', 'The request was called off.', { sent: 0, received: 0 });
    const draft = this.#draft(outbound, target);
    const refusal = this.#refusal(target);
    if (refusal !== undefined) {
      await this.#writer.write({ ...draft, kind: 'refused', reason: 'OFFLINE' });
      throw refusal;
    }
    const exchange = new ExchangeUnderWay(target, outbound.signal, (end, entry) => {
      this.#underWay.delete(exchange);
      if (entry !== undefined) this.#writer.writeLater(this.#closing(draft, entry, end));
    });
    this.#underWay.add(exchange);
    return exchange.run(
      () => this.#writer.write(draft),
      (signal) => this.#parts.http.request({ ...outbound, signal }),
      outbound.idleMs,
    );
  }

  #closing(draft: LedgerDraft, entry: LedgerEntry, end: ExchangeEnd): LedgerDraft {
    const at = this.#parts.clock.now();
    return { ...draft, ...end, kind: 'close', at, opens: entry.n, ms: Math.max(0, at - draft.at) };
  }

  #draft({ cause, method }: Outbound, { host, port, path }: Target): LedgerDraft {
    const { purpose, run, key, model, secret } = cause;
    return {
      at: this.#parts.clock.now(),
      kind: 'open',
      host,
      port,
      method: this.#kept(method),
      path: this.#kept(path),
      purpose,
      ...(run === undefined ? {} : { run }),
      ...(key === undefined ? {} : { key }),
      ...(model === undefined ? {} : { model: this.#kept(model) }),
      ...(secret === undefined ? {} : { secret }),
    };
  }

  #kept(text: string): string {
    const masked = this.#redactor.text(text);
    return masked.length <= keptLength ? masked : `${masked.slice(0, keptLength - 1)}…`;
  }

  #refusal(target: Target): Problem | undefined {
    if (!this.#isOffline || isAllowed(target, this.#allowed)) return undefined;
    return new Problem(
      'REFUSED',
      `Atelier is offline, and ${placeOf(target)} is not among the hosts that may be reached all the same.`,
      'Switch offline mode off, or add the host to those that may be reached, on the Ledger screen.',
    );
  }

  async #cutForbidden(): Promise<void> {
    for (const exchange of this.#underWay) {
      const refusal = this.#refusal(exchange.target);
      if (refusal !== undefined) exchange.cut(refusal, 'OFFLINE');
    }
    // An idle connection is kept alive by packets.
    if (this.#isOffline) await this.#parts.http.close();
  }

  #written(entries: readonly LedgerEntry[]): void {
    this.#today.add(entries);
    this.#entries = entries.at(-1)?.n ?? this.#entries;
    this.#tell();
  }

  #tell(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#parts.changed();
    }, toldMs).unref();
  }

  /** Cuts off what is under way, writes what is not yet written, and closes all connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const exchange of this.#underWay) exchange.cut(closing(), 'CLOSED');
    await Promise.all([...this.#underWay].map(({ ended }) => ended));
    this.#writer.flush();
    clearTimeout(this.#telling);
    await this.#parts.http.close();
  }
}

function closing(): Problem {
  return new Problem('REFUSED', 'Atelier is closing this workspace; nothing more is sent for it.');
}
