// What the ledger screen says: purposes, causes, outcomes, and a report as text.
import type { EgressReport, LedgerEntry, Purpose } from '#contract/egress';
import { startOfDay } from '../../lib/days.ts';
import { absoluteTime, counted, shortBytes } from '../../lib/format.ts';
import type { IconName } from '../../ui/icons.tsx';
import type { Connection } from './ledger-fold.ts';

export const purposeNames: Readonly<Record<Purpose, string>> = {
  model: 'Model call',
  gateway: 'Gateway',
  embeddings: 'Embeddings',
  'models-list': 'List of models',
  discovery: 'Looking for servers',
};

export interface StateLook {
  readonly icon: IconName;
  readonly name: string;
  readonly tone: 'plain' | 'ok' | 'warn' | 'error';
}

/** A shape, a word and a colour. */
export function lookOf({ state, close }: Connection): StateLook {
  switch (state) {
    case 'refused':
      return { icon: 'shield', name: 'Refused', tone: 'warn' };
    case 'open':
      return { icon: 'clock', name: 'No end yet', tone: 'plain' };
    case 'left':
      return { icon: 'stop', name: 'Called off', tone: 'plain' };
    case 'failed':
      return { icon: 'error', name: 'Failed', tone: 'error' };
    case 'done': {
      const status = close?.status ?? 0;
      return status >= 400
        ? { icon: 'warn', name: `Answered ${status}`, tone: 'error' }
        : { icon: 'out', name: `Answered ${status}`, tone: 'ok' };
    }
  }
}

const reasons: Readonly<Record<string, string>> = {
  OFFLINE: 'Offline, and the host is not among those that may be reached all the same.',
  ABORTED: 'Whoever asked for it called it off.',
  LEFT: 'Whoever asked for it stopped reading.',
  UNREAD: 'Nobody read the answer.',
  CLOSED: 'Atelier was closing the workspace.',
  TIMEOUT: 'It took too long.',
  ECONNREFUSED: 'Nothing listens there.',
  ECONNRESET: 'The other side broke the connection.',
  ENOTFOUND: 'There is no host of that name, or no network.',
  EAI_AGAIN: 'The name could not be looked up: is there a network?',
  ETIMEDOUT: 'The host did not answer in time.',
  EHOSTUNREACH: 'There is no way to the host.',
  ENETUNREACH: 'There is no way to the network.',
};

/** Why it was refused or broke, in words; the code itself where it is none of the usual ones. */
export function reasonWords(code: string): string {
  return reasons[code] ?? code;
}

/** "api.openai.com", "localhost:8080". */
export function placeOf({ host, port }: Pick<LedgerEntry, 'host' | 'port'>): string {
  return port === 443 ? host : `${host}:${port}`;
}

/** "POST /v1/chat/completions". */
export function requestOf({ method, path }: LedgerEntry): string {
  return [method, path].filter((part) => part !== undefined).join(' ');
}

/** Whole days of the machine's calendar up to now, as epoch ms: 1 is today. */
export function daysBack(days: number, now: number): number {
  const day = new Date(startOfDay(now));
  return day.setDate(day.getDate() - (days - 1));
}

export interface Totals {
  readonly connections: number;
  readonly sent: number;
  readonly received: number;
  readonly refused: number;
}

export function totalsOf({ hosts }: EgressReport): Totals {
  const sum = (pick: (host: EgressReport['hosts'][number]) => number): number =>
    hosts.reduce((total, host) => total + pick(host), 0);
  return {
    connections: sum((host) => host.connections),
    sent: sum((host) => host.sent),
    received: sum((host) => host.received),
    refused: sum((host) => host.refused),
  };
}

/** The report as lines of text that can be sent to somebody. */
export function reportText(report: EgressReport, title: string): string {
  const totals = totalsOf(report);
  const lines = report.hosts.flatMap((host) => [
    placeOf(host),
    `  ${counted(host.connections, 'connection')}, ${shortBytes(host.sent)} sent, ${shortBytes(host.received)} received` +
      (host.refused === 0 ? '' : `, ${host.refused.toLocaleString()} refused`),
    `  for: ${host.purposes.map((purpose) => purposeNames[purpose]).join(', ')}`,
    ...(host.secrets.length === 0 ? [] : [`  secrets used: ${host.secrets.join(', ')}`]),
  ]);
  return [
    `What left this machine through Atelier: ${title}`,
    `${absoluteTime(report.from)} to ${absoluteTime(report.to)}`,
    '',
    ...(lines.length === 0 ? ['Nothing.'] : lines),
    '',
    `In all: ${counted(totals.connections, 'connection')}, ${shortBytes(totals.sent)} sent, ` +
      `${shortBytes(totals.received)} received, ${totals.refused.toLocaleString()} refused.`,
    ...(report.unfinished === 0 ? [] : [unfinishedWords(report.unfinished)]),
    '',
  ].join('\n');
}

export function unfinishedWords(count: number): string {
  return `${counted(count, 'connection')} without an end: the program ended in the middle. What ${count === 1 ? 'it' : 'they'} sent is not counted.`;
}

/** What was refused, in a sentence's beginning: "POST to api.openai.com". */
export function refusedWords(entry: LedgerEntry): string {
  const what =
    entry.model === undefined ? purposeNames[entry.purpose] : `${purposeNames[entry.purpose]} (${entry.model})`;
  return `Refused while offline: ${what} to ${placeOf(entry)}.`;
}
