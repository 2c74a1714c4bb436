// Bench of sleeping runs: what listing, starting and waking cost with a million of them in a store, against a store of a thousand.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '#adapters/sqlite/store';
import type { RunEvent } from '#contract/journal';
import type { RunFilter } from '#contract/run';
import type { NewEvent, Store } from '#engine/ports';
import { runId, runOf } from '#test/run-samples';
import { start } from '#test/samples';
import { drawing } from './store-world.ts';
import { rangeOf, type Range } from './store.ts';

export interface SleepingFigures {
  readonly runs: number;
  readonly few: number;
  readonly databaseBytes: number;
  /** A run with its four events, all indexes included. */
  readonly bytesPerRun: number;
  readonly fillPerSecond: number;
  /** In µs, by what was asked: in the large store, in the small one, and the ratio of the medians. */
  readonly times: Readonly<Record<string, { readonly many: Range; readonly few: Range; readonly ratio: number }>>;
}

const agents = ['triage', 'digest', 'research', 'watch'];
/** In a transaction while the stores are filled. */
const batch = 10_000;
const pageSize = 100;
const deepPage = 1000;
/** Each measure is the mean of so many. */
const repeats = 20;
/** When the first wakes; the others follow, a second apart. */
const wakes = start + 86_400_000;

/** Fills a store with `count` sleeping runs of four events, and one with `few`; asks both in turn, `rounds` times. */
export function benchSleeping({ count = 1_000_000, few = 1000, rounds = 9 } = {}): SleepingFigures {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-sleeping-'));
  const sizes = { many: count, few };
  const files = { many: join(folder, 'many', 'studio.db'), few: join(folder, 'few', 'studio.db') };
  try {
    const filled = fill(files.many, count);
    fill(files.few, few);
    const samples = { many: new Map<string, number[]>(), few: new Map<string, number[]>() };
    for (let round = 0; round < rounds; round += 1) {
      for (const size of ['many', 'few'] as const) ask(files[size], sizes[size], round, samples[size]);
    }
    const databaseBytes = statSync(files.many).size;
    const times = Object.fromEntries(
      Array.from(samples.many, ([name, all]) => {
        const [many, small] = [rangeOf(all), rangeOf(samples.few.get(name) ?? [])];
        return [name, { many, few: small, ratio: many.median / small.median }];
      }),
    );
    const bytesPerRun = filled.bytes / count;
    return { runs: count, few, databaseBytes, bytesPerRun, fillPerSecond: (count / filled.ms) * 1000, times };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the time it took and the bytes on disk. */
function fill(file: string, count: number): { readonly ms: number; readonly bytes: number } {
  mkdirSync(join(file, '..'), { recursive: true });
  const store = openStore(file);
  const began = performance.now();
  for (let first = 0; first < count; first += batch) {
    store.transaction(() => {
      for (let index = first; index < Math.min(count, first + batch); index += 1) addSleeping(store, index);
    });
  }
  const ms = performance.now() - began;
  store.close();
  return { ms, bytes: statSync(file).size };
}

function addSleeping(store: Store, index: number): void {
  const agent = agents[index % agents.length] ?? '';
  const name = `${index}`;
  const [file, wakeAt] = [`agents/${agent}.agent.ts`, wakes + index * 1000];
  store.runs.create(runOf(name, { agent, file, status: 'sleeping', wakeAt, title: `What came in as number ${index}` }));
  const events: RunEvent[] = [
    { type: 'run.started', agent, file, hash: runOf(name).hash, input: { question: name }, seed: index },
    { type: 'step.finished', scope: '', step: 0, delta: [['=', [], { question: name, notes: [] }]], next: ['rest'] },
    { type: 'interrupt.opened', id: '/1:rest', kind: 'wait', title: 'rest', until: wakeAt },
    { type: 'run.slept', until: wakeAt },
  ];
  store.runs.append(runId(name), timed(events), (run) => run);
}

function timed(events: readonly RunEvent[]): NewEvent[] {
  return events.map((event) => ({ at: start, event }));
}

const filters: Readonly<Record<string, RunFilter>> = {
  all: {},
  sleeping: { status: ['sleeping'] },
  'of an agent': { agent: 'digest' },
  'of an agent, sleeping': { agent: 'digest', status: ['sleeping'] },
  'of three statuses': { status: ['sleeping', 'waiting', 'failed'] },
};

function ask(file: string, count: number, round: number, samples: Map<string, number[]>): void {
  const measure = <T>(name: string, times: number, work: (time: number) => T): T => {
    const began = performance.now();
    let last = work(0);
    for (let time = 1; time < times; time += 1) last = work(time);
    const us = ((performance.now() - began) / times) * 1000;
    samples.set(name, [...(samples.get(name) ?? []), us]);
    return last;
  };
  const store = measure('open', 1, () => openStore(file));
  try {
    askLists(store, measure);
    askRuns(store, count, round, measure);
  } finally {
    store.close();
  }
}

type Measure = <T>(name: string, times: number, work: (time: number) => T) => T;

function askLists({ runs }: Store, measure: Measure): void {
  measure('counts', repeats, () => runs.counts());
  for (const [name, filter] of Object.entries(filters)) {
    measure(`first page, ${name}`, repeats, () => runs.list(filter, undefined, pageSize));
    const after = deep(runs, filter);
    measure(`page 1,000, ${name}`, repeats, () => runs.list(filter, after, pageSize));
  }
  measure('unfinished', repeats, () => runs.unfinished(pageSize));
}

/** Where page 1,000 of a list begins; of a shorter list the page in its middle. */
function deep(runs: Store['runs'], filter: RunFilter): string | undefined {
  const pages: string[] = [];
  while (pages.length < deepPage) {
    const { next } = runs.list(filter, pages.at(-1), pageSize);
    if (next === undefined) return pages[(pages.length - 1) >> 1];
    pages.push(next);
  }
  return pages.at(-1);
}

function askRuns(store: Store, count: number, round: number, measure: Measure): void {
  const { runs } = store;
  const draw = drawing(round + 1);
  /** One of those that slept from the beginning; seldom one asked for before. */
  const drawn = (): string => runId(`${Math.floor(draw() * count)}`);
  const log = timed([{ type: 'log', level: 'info', text: 'Still here.' }]);
  measure('get a run', repeats, () => runs.get(drawn()));
  measure('start a run, on disk', repeats, (time) => {
    const name = `started ${round} ${time}`;
    store.transaction(() => {
      runs.create(runOf(name, { status: 'finished' }));
      runs.append(runId(name), log, (run) => run);
    });
  });
  measure('append to a run, on disk', repeats, () => runs.append(drawn(), log, (run) => run));
  measure('twenty appends in one transaction', repeats, () =>
    store.transaction(() => Array.from({ length: 20 }, () => runs.append(drawn(), log, (run) => run))),
  );
  measure('wake who is due and let it sleep again, on disk', repeats, () => wake(store));
}

/** What waking costs the store: who is due, its summary, its journal, an event; at its end it sleeps again, behind all others. */
function wake(store: Store): void {
  const { ids, next } = store.runs.due(Number.MAX_SAFE_INTEGER, 1);
  const [id] = ids;
  if (id === undefined || next === undefined) throw new Error('The bench has no run to wake.');
  store.runs.get(id);
  store.runs.events(id, 0, 1000);
  const wakeAt = next + 1e12;
  const resumed = timed([{ type: 'run.resumed', why: 'It was due.' }]);
  store.runs.append(id, resumed, (run) => ({ ...run, status: 'running', wakeAt }));
  store.runs.append(id, timed([{ type: 'run.slept', until: wakeAt }]), (run) => ({ ...run, status: 'sleeping' }));
}
