// What left the machine in a run or in a time, and what did today.
import type { EgressReport, LedgerEntry } from '#contract/egress';
import type { LedgerStore } from '../network-ports.ts';
import { startOfDay } from '../local-day.ts';

export interface ReportQuestion {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly run?: string | undefined;
}

/**
 * Of today unless a run or a time is named; of those from the beginning unless said. `underWay`: numbers of the entries that are open because their exchange still
 * goes on.
 */
export function reportOf(
  ledger: LedgerStore,
  question: ReportQuestion,
  now: number,
  underWay: ReadonlySet<number>,
): EgressReport {
  const { run } = question;
  const isOfToday = run === undefined && question.to === undefined;
  const from = question.from ?? (isOfToday ? startOfDay(now) : 0);
  // An entry of this very moment belongs to it.
  const to = question.to ?? now + 1;
  const span = { from, to, ...(run === undefined ? {} : { run }) };
  const unfinished = ledger.unclosed(span).filter((n) => !underWay.has(n)).length;
  return { ...span, hosts: ledger.hosts(span), unfinished };
}

/** Read from the ledger when it is first asked for, then counted on, so that nobody need read it again. */
export class Today {
  readonly #ledger: LedgerStore;
  /** Midnight; undefined until it was asked for. */
  #start: number | undefined;
  #refused = 0;
  #sent = 0;

  constructor(ledger: LedgerStore) {
    this.#ledger = ledger;
  }

  /** What was just written. */
  add(entries: readonly LedgerEntry[]): void {
    for (const { at, kind, sent = 0 } of entries) {
      if (this.#start === undefined) return;
      this.#turn(at);
      if (at < this.#start) continue;
      this.#sent += sent;
      if (kind === 'refused') this.#refused += 1;
    }
  }

  at(now: number): { readonly refused: number; readonly sent: number } {
    if (this.#start === undefined) this.#read(startOfDay(now));
    this.#turn(now);
    return { refused: this.#refused, sent: this.#sent };
  }

  #read(start: number): void {
    this.#start = start;
    for (const host of this.#ledger.hosts({ from: start, to: Infinity })) {
      this.#refused += host.refused;
      this.#sent += host.sent;
    }
  }

  #turn(at: number): void {
    const start = startOfDay(at);
    if (this.#start === undefined || start <= this.#start) return;
    this.#start = start;
    this.#refused = 0;
    this.#sent = 0;
  }
}
