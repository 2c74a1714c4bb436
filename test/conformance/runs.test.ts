// What every store must do with runs: summaries, lists, counts, who is due, sources and kept results.
import { expect, it } from 'vitest';
import { runStatuses, type RunFilter, type RunStatus, type RunSummary } from '#contract/run';
import type { Store } from '#engine/ports';
import { Problem } from '#engine/problem';
import { append, forkOf, runId, runOf } from '#test/run-samples';
import { hash, start } from '#test/samples';
import { onEveryStore } from '#test/store';

/** A run with every field there is, each as strange as may be. */
const full = runOf('full', {
  agent: 'Überprüfung \ud800',
  file: 'agents/\udc00.agent.ts',
  version: '2 \ud800',
  status: 'failed',
  seed: Number.MAX_SAFE_INTEGER,
  title: '\u0000 🙂 \ud800',
  createdAt: start - 0.25,
  updatedAt: start + 0.5,
  endedAt: start + 1,
  step: 12,
  usage: { inputTokens: 5_000_000_000, outputTokens: 1, costUsd: 0.1 + 0.2 },
  open: 3,
  wakeAt: start + 2.5,
  error: { name: 'TypeError', message: '\ud800', hint: 'mend it', stack: 'at x' },
  traceId: hash('trace'),
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return 'none';
}

/** All pages of a list, by name; every run is called by its title. */
function pages(store: Store, filter: RunFilter, limit: number): string[][] {
  const all: string[][] = [];
  let after: string | undefined;
  do {
    const page = store.runs.list(filter, after, limit);
    all.push(page.items.map(({ title }) => title));
    after = page.next;
  } while (after !== undefined);
  return all;
}

onEveryStore('runs', (open) => {
  it('gives a summary back as it was put, but for the seq, which is its own', () => {
    const { runs } = open();
    runs.create({ ...full, seq: 99 });
    runs.create(runOf('plain'));
    expect(runs.get(full.id)).toStrictEqual(full);
    expect(runs.get(runId('plain'))).toStrictEqual(runOf('plain'));
    expect(runs.list({}, undefined, 5).items).toStrictEqual([runOf('plain'), full]);
    expect(runs.get(runId('missing'))).toBeUndefined();
    expect(codeOf(() => runs.create(full))).toBe('CONFLICT');
    expect(runs.counts().total).toBe(2);
  });

  it('takes an id that is no hex digits too, and finds runs by how they start', () => {
    const { runs } = open();
    const ids = ['abcd'.repeat(8), 'abce'.repeat(8), 'ABCD'.repeat(8), 'abc', 'not hex', '\ud800'.repeat(8)];
    for (const id of ids) runs.create({ ...runOf('any'), id });
    for (const id of ids) expect(runs.get(id)?.id).toBe(id);
    expect(runs.startingWith('abcd')).toEqual(['abcd'.repeat(8)]);
    expect(runs.startingWith('abce'.repeat(8))).toEqual(['abce'.repeat(8)]);
    expect(runs.startingWith('abc')).toHaveLength(2);
    expect(runs.startingWith('not')).toEqual(['not hex']);
    expect(runs.startingWith('f')).toEqual([]);
    expect(runs.startingWith('abcd'.repeat(9))).toEqual([]);
  });

  it('replaces a summary without an event, and keeps its seq', () => {
    const store = open();
    store.runs.create(runOf('one'));
    append(store, 'one', 3);
    const changed = runOf('one', { ...full, id: runId('one'), seq: 0 });
    store.runs.update(changed);
    expect(store.runs.get(runId('one'))).toStrictEqual({ ...changed, seq: 3 });
    const plain = runOf('one', { seq: 3 });
    store.runs.update(plain);
    expect(store.runs.get(runId('one'))).toStrictEqual(plain);
    expect(codeOf(() => store.runs.update(runOf('missing')))).toBe('NOT_FOUND');
  });

  it('names forks and replays of a run, newest first, and refuses those of nothing', () => {
    const store = open();
    store.runs.create(runOf('parent'));
    append(store, 'parent', 4);
    const replay = runOf('replay', { origin: { kind: 'replay', run: runId('parent'), upTo: 2 } });
    store.runs.create(forkOf('parent', 2, 'fork'));
    store.runs.create(replay);
    store.runs.create(forkOf('fork', 1, 'fork of fork'));
    const names = (name: string) => store.runs.children(runId(name)).map(({ title }) => title);
    expect(names('parent')).toEqual(['replay', 'fork']);
    expect(names('fork')).toEqual(['fork of fork']);
    expect(names('replay')).toEqual([]);
    expect(names('missing')).toEqual([]);
    expect(store.runs.get(replay.id)).toStrictEqual(replay);
    expect(codeOf(() => store.runs.create(forkOf('missing', 0, 'x')))).toBe('NOT_FOUND');
    expect(codeOf(() => store.runs.create(forkOf('parent', 5, 'x')))).toBe('BAD_INPUT');
    expect(store.runs.get(runId('x'))).toBeUndefined();
  });

  it('lists page by page under every filter, without gap or repeat while new runs arrive and old ones change', () => {
    const store = open();
    const agents = ['triage', 'fetch', 'sum'];
    const all: RunSummary[] = [];
    const add = (index: number): void => {
      const status = runStatuses[(index * 7) % runStatuses.length] ?? 'queued';
      const run = runOf(`${index}`, { agent: agents[index % 3] ?? '', status, createdAt: start - index });
      store.runs.create(run);
      all.unshift(run);
    };
    for (let index = 0; index < 60; index += 1) add(index);
    const filters: RunFilter[] = [
      {},
      { status: [] },
      { agent: 'fetch' },
      { agent: 'nobody' },
      ...runStatuses.map((status) => ({ status: [status] })),
      { status: ['sleeping', 'queued', 'sleeping'] },
      { status: [...runStatuses], agent: 'sum' },
      { status: ['failed'], agent: 'triage' },
      { status: ['failed'], agent: 'nobody' },
    ];
    for (const filter of filters) {
      const fits = (run: RunSummary): boolean =>
        (filter.agent === undefined || run.agent === filter.agent) &&
        (filter.status === undefined || filter.status.length === 0 || filter.status.includes(run.status));
      const titles = all.filter(fits).map(({ title }) => title);
      expect(pages(store, filter, 4).flat()).toEqual(titles);
      expect(pages(store, filter, 100)).toEqual([titles]);
      const first = store.runs.list(filter, undefined, 3);
      add(all.length);
      const rest = first.next === undefined ? [] : store.runs.list(filter, first.next, 100).items;
      expect(rest.map(({ title }) => title)).toEqual(titles.slice(3));
    }
    // The run that a page ended with may since be another one's.
    const page = store.runs.list({ status: ['queued'] }, undefined, 2);
    const last = store.runs.get(page.next ?? '');
    const rest = store.runs.list({ status: ['queued'] }, page.next, 100).items;
    if (last !== undefined) store.runs.update({ ...last, status: 'finished' });
    expect(store.runs.list({ status: ['queued'] }, page.next, 100).items).toEqual(rest);
    expect(codeOf(() => store.runs.list({}, runId('missing'), 5))).toBe('NOT_FOUND');
  });

  it('counts by status, however often they change', () => {
    const store = open();
    const { runs } = store;
    expect(runs.counts().total).toBe(0);
    for (let index = 0; index < 30; index += 1) runs.create(runOf(`${index}`));
    const now = new Map<string, RunStatus>();
    for (let change = 0; change < 300; change += 1) {
      const name = `${(change * 11) % 30}`;
      const status = runStatuses[(change * change + 3) % runStatuses.length] ?? 'queued';
      now.set(name, status);
      const run = runs.get(runId(name)) ?? runOf(name);
      if (change % 3 === 0) append(store, name, 1, status);
      else runs.update({ ...run, status });
    }
    const statuses = [...now.values()];
    const { byStatus, total } = runs.counts();
    expect(total).toBe(30);
    for (const status of runStatuses) expect(byStatus[status]).toBe(statuses.filter((one) => one === status).length);
    expect(() =>
      store.transaction(() => {
        runs.create(runOf('gone', { status: 'failed' }));
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(runs.counts()).toEqual({ byStatus, total });
  });

  it('names who is due, earliest first, and when the next one is', () => {
    const { runs } = open();
    expect(runs.due(start, 10)).toEqual({ ids: [], next: undefined });
    const waking: [string, number | undefined][] = [
      ['late', start + 50],
      ['never', undefined],
      ['early', start + 10.5],
      ['same', start + 10.5],
      ['soon', start + 20],
    ];
    for (const [name, wakeAt] of waking)
      runs.create(runOf(name, { status: 'sleeping', ...(wakeAt === undefined ? {} : { wakeAt }) }));
    const due = (now: number, limit = 10) => {
      const { ids, next } = runs.due(now, limit);
      return [...ids.map((id) => runs.get(id)?.title), next];
    };
    expect(due(start)).toEqual([start + 10.5]);
    expect(due(start + 10.5)).toEqual(['early', 'same', start + 10.5]);
    expect(due(start + 99)).toEqual(['early', 'same', 'soon', 'late', start + 10.5]);
    expect(due(start + 99, 2)).toEqual(['early', 'same', start + 10.5]);
    runs.update(runOf('early', { status: 'running' }));
    runs.append(runId('same'), [], (run) => ({ ...run, wakeAt: start + 30 }));
    expect(due(start + 99)).toEqual(['soon', 'same', 'late', start + 20]);
  });

  it('names those left queued or running, oldest first', () => {
    const { runs } = open();
    for (const [index, status] of [...runStatuses, ...runStatuses].entries())
      runs.create(runOf(`${index}`, { status, createdAt: start - index }));
    const titles = (limit: number) => runs.unfinished(limit).map(({ title }) => title);
    expect(titles(10)).toEqual(['0', '1', '9', '10']);
    expect(titles(3)).toEqual(['0', '1', '9']);
  });

  it('keeps the source of an agent once for each hash', () => {
    const { runs } = open();
    const files = { 'agents/a.agent.ts': 'export default \ud800', __proto__x: '', 'lib/\udc00.ts': '\u0000' };
    const source = { hash: hash('source'), file: 'agents/a.agent.ts', files };
    runs.putSource(source);
    runs.putSource({ ...source, files: {} });
    expect(runs.source(source.hash)).toStrictEqual(source);
    expect(runs.source(hash('missing'))).toBeUndefined();
  });

  it("keeps a node's result until its time is over, by agent, node and key", () => {
    const { runs } = open();
    const patches = [{ a: [1, null, '\ud800'] }, {}];
    runs.putCached('a', 'n', 'k', start + 10, patches);
    expect(runs.cached('a', 'n', 'k', start)).toStrictEqual(patches);
    expect(runs.cached('a', 'n', 'k', start + 9.5)).toStrictEqual(patches);
    for (const [agent, node, key] of [
      ['b', 'n', 'k'],
      ['a', 'm', 'k'],
      ['a', 'n', '\ud800'],
    ] as const)
      expect(runs.cached(agent, node, key, start)).toBeUndefined();
    runs.putCached('a', 'n', 'k', start + 20, [{ b: 2 }]);
    runs.putCached('a', 'n', '\ud800', start + 20, []);
    expect(runs.cached('a', 'n', 'k', start + 10)).toStrictEqual([{ b: 2 }]);
    expect(runs.cached('a', 'n', '\ud800', start + 10)).toStrictEqual([]);
    expect(runs.cached('a', 'n', 'k', start + 20)).toBeUndefined();
    runs.putCached('a', 'n', 'k', start + 30, patches);
    expect(runs.cached('a', 'n', 'k', start + 20)).toStrictEqual(patches);
  });
});
