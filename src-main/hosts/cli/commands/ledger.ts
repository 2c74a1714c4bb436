// `atelier ledger`: what left the machine through Atelier.
import type { EgressReport, LedgerCheck, LedgerEntry, LedgerFilter } from '#contract/egress';
import { checkLedger } from '#engine/egress/chain';
import { reportOf } from '#engine/egress/report';
import { allowedHost, placeOf } from '#engine/egress/target';
import type { Command, CommandContext, Outcome, Values } from '../command.ts';
import { idFrom } from '../ids.ts';
import { count, table } from '../table.ts';
import { duration, figure, localTime, shortId } from '../text.ts';
import { flag, text, usage, wholeNumber } from '../values.ts';

export const ledgerCommand: Command = {
  name: 'ledger',
  positionals: 'none',
  usage:
    'atelier ledger [--run RUN] [--from DAY] [--to DAY] [--host HOST] [--refused] [--limit N] [--report] [--check]',
  summary: 'Shows what left this machine through Atelier: each connection, sums by host, whether the ledger is whole.',
  options: {
    run: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    host: { type: 'string' },
    refused: { type: 'boolean' },
    limit: { type: 'string' },
    report: { type: 'boolean' },
    check: { type: 'boolean' },
  },
  optionHelp: [
    ['--run RUN', 'only what this run did; its id, or the beginning of it'],
    ['--from DAY', 'from this day or time on: 2026-03-01, 2026-03-01T14:05'],
    ['--to DAY', 'up to this day, with it, or before this time'],
    ['--host HOST', 'only this host, or with :PORT this server'],
    ['--refused', 'only what offline mode held back'],
    ['--limit N', 'at most so many entries (50)'],
    ['--report', 'sums by host: of the run, or of today unless --from or --to says otherwise'],
    ['--check', 'reads the whole chain; exit code 1 where an entry is not as it was written'],
  ],
  run: async (context) => {
    const { values } = context;
    if (flag(values, 'report') && flag(values, 'check')) throw usage('Ask for --report or for --check.', 'ledger');
    if (flag(values, 'check')) return check(context);
    return flag(values, 'report') ? report(context) : list(context);
  },
};

function list({ values, open }: CommandContext): Outcome {
  const store = open();
  const run = text(values, 'run');
  const filter: LedgerFilter = {
    ...spanOf(values),
    ...serverOf(values),
    ...(run === undefined ? {} : { run: idFrom(store.runs, run, 'run') }),
    ...(flag(values, 'refused') ? { kind: 'refused' } : {}),
  };
  const { items, total } = store.ledger.list(filter, 0, wholeNumber(values, 'limit') ?? 50);
  const rest = total - items.length;
  const more = rest > 0 ? `\n${count(rest, 'older entry', 'older entries')} not shown; --limit shows more.` : '';
  return {
    json: { total, entries: items },
    text:
      items.length === 0
        ? 'No entry fits. What leaves through Atelier is written down here before it does.'
        : table(
            ['N', 'TIME', 'HOST', 'REQUEST', 'FOR', 'SENT', 'RECEIVED', 'TOOK', 'OUTCOME', 'SECRET'],
            connectionsOf(items).map(rowOf),
          ) + more,
  };
}

/** One for each connection, newest first: how it ended stands with its opening. */
function connectionsOf(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const closes = new Map(
    entries.flatMap((entry) => (entry.opens === undefined ? [] : [[entry.opens, entry] as const])),
  );
  const listed = new Set(entries.map(({ n }) => n));
  return entries.flatMap((entry) => {
    // Of what was opened further back than is listed, its end stands alone.
    if (entry.opens !== undefined) return listed.has(entry.opens) ? [] : [entry];
    return [{ ...closes.get(entry.n), ...entry }];
  });
}

function rowOf(entry: LedgerEntry): string[] {
  const { sent, received, ms, status, reason, kind, method = '', path = '' } = entry;
  const cause = entry.run === undefined ? '' : ` ${shortId(entry.run)}`;
  const parts = [kind === 'refused' ? kind : '', status === undefined ? '' : String(status), reason ?? ''];
  const outcome = parts.filter((part) => part !== '').join(' ');
  return [
    String(entry.n),
    localTime(entry.at),
    placeOf(entry),
    `${method} ${path}`.trim(),
    entry.purpose + cause,
    sent === undefined ? '' : figure(sent),
    received === undefined ? '' : figure(received),
    ms === undefined ? '' : duration(ms),
    outcome === '' ? 'not ended' : outcome,
    entry.secret ?? '',
  ];
}

function report({ values, open, clock }: CommandContext): Outcome {
  for (const other of ['host', 'refused', 'limit'])
    if (values[other] !== undefined) throw usage(`--${other} is for the list of entries, not for --report.`, 'ledger');
  const store = open();
  const run = text(values, 'run');
  const question = { ...spanOf(values), ...(run === undefined ? {} : { run: idFrom(store.runs, run, 'run') }) };
  const found = reportOf(store.ledger, question, clock.now(), new Set());
  return { json: found, text: reportText(found) };
}

function reportText({ from, to, run, hosts, unfinished }: EgressReport): string {
  const of = run === undefined ? '' : ` by run ${shortId(run)}`;
  const since = from <= 0 ? '' : ` from ${localTime(from)}`;
  const span = `${since} to ${localTime(to)}`;
  if (hosts.length === 0) return `Nothing left this machine through Atelier${of}${span}.`;
  const sum = (of: (host: EgressReport['hosts'][number]) => number): string =>
    figure(hosts.reduce((total, host) => total + of(host), 0));
  const lines = [
    `What left this machine through Atelier${of}${span}:`,
    table(
      ['HOST', 'CONNECTIONS', 'SENT', 'RECEIVED', 'REFUSED', 'FOR', 'SECRETS'],
      hosts.map((host) => [
        placeOf(host),
        figure(host.connections),
        figure(host.sent),
        figure(host.received),
        figure(host.refused),
        host.purposes.join(', '),
        host.secrets.join(', '),
      ]),
    ),
    `${sum(({ sent }) => sent)} bytes sent, ${sum(({ received }) => received)} received, heads included, before TLS.`,
  ];
  if (unfinished > 0)
    lines.push(
      `${count(unfinished, 'connection')} never closed: Atelier was killed meanwhile, so how much they carried is not known.`,
    );
  return lines.join('\n');
}

async function check({ values, open }: CommandContext): Promise<Outcome> {
  for (const other of ['run', 'from', 'to', 'host', 'refused', 'limit'])
    if (values[other] !== undefined)
      throw usage(`--check reads all of the ledger, so what is --${other} for?`, 'ledger');
  const { ledger, settings } = open();
  const found = await checkLedger(ledger, settings);
  return { json: found, text: checkText(found), code: found.isWhole ? 0 : 1 };
}

function checkText(found: LedgerCheck): string {
  if (!found.isWhole)
    return `The ledger is broken at entry ${found.brokenAt}. ${found.sentence} Nothing after it can be relied on.`;
  if (found.entries === 0) return 'The ledger is empty: nothing has left through Atelier yet.';
  return [
    `The ledger is whole: ${count(found.entries, 'entry', 'entries')}, each as it was written after the one before it.`,
    `Its head is ${found.head}.`,
    'Whoever has the file to themselves could make it anew; a head that was written down elsewhere would show that.',
  ].join('\n');
}

function serverOf(values: Values): Pick<LedgerFilter, 'host' | 'port'> {
  const named = text(values, 'host');
  if (named === undefined) return {};
  const { host, port } = /^(?<host>\[.*\]|[^:]*)(?::(?<port>\d+))?$/u.exec(allowedHost(named))?.groups ?? {};
  return { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port: Number(port) }) };
}

function spanOf(values: Values): Pick<LedgerFilter, 'from' | 'to'> {
  const from = momentOf(values, 'from');
  const to = momentOf(values, 'to');
  return {
    ...(from === undefined ? {} : { from: from.getTime() }),
    ...(to === undefined ? {} : { to: to.getTime() }),
  };
}

/** A day or a time on this machine's clock; of a day, the end where it is the end of a span. */
function momentOf(values: Values, name: 'from' | 'to'): Date | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const isDay = /^\d{4}-\d\d-\d\d$/u.test(value);
  const moment = new Date(isDay ? `${value}T00:00` : value);
  // A day that the calendar does not have would be taken for one of the next month.
  const isReal = !Number.isNaN(moment.getTime()) && (!isDay || moment.getDate() === Number(value.slice(8)));
  if (!isReal || !/^\d{4}-\d\d-\d\d/u.test(value))
    throw usage(
      `--${name} takes a day or a time like 2026-03-01 or 2026-03-01T14:05, not "${value.slice(0, 80)}".`,
      'ledger',
    );
  if (isDay && name === 'to') moment.setDate(moment.getDate() + 1);
  return moment;
}
