// Traces of runs kept up to date: what was touched comes in, slice by slice, and one run that cannot be told keeps none from it.
import { describe, expect, it } from 'vitest';
import type { Store } from '#engine/ports';
import { isProjected } from '#engine/trace/run/project-run';
import { RunTraces } from '#engine/trace/run/run-traces';
import { HandRun, system, user } from '#test/run-journal';
import { onEveryStore, temporaryStore } from '#test/store';

function keeper(store: Store) {
  const told = { changes: 0, failures: [] as (readonly [string, string])[] };
  const traces = new RunTraces(store, {
    onChange: () => (told.changes += 1),
    onFailure: (run, error) => told.failures.push([run, String(error)]),
  });
  return { traces, told };
}

onEveryStore('traces of runs', (open) => {
  it('hold all that was touched once they are flushed, and more after the next', async () => {
    const store = open();
    const { traces, told } = keeper(store);
    const runs = ['a', 'b', 'c'].map((id) => new HandRun(store, id).start().step(0, ['one']).node(1, 'one'));
    for (const { id } of runs) traces.touched(id);
    await traces.flush();
    expect(runs.map(({ id }) => store.traces.spans(id).length)).toEqual([1, 1, 1]);
    expect(told).toEqual({ changes: 1, failures: [] });
    for (const run of runs) {
      run.step(1, []).end();
      traces.settled(run.id);
    }
    await traces.close();
    expect(runs.map(({ id }) => store.traces.spans(id).length)).toEqual([2, 2, 2]);
    traces.touched(runs[0]?.id ?? '');
    expect(told.changes).toBe(2);
  });

  it('come in without being asked soon after a run has settled', async () => {
    const store = open();
    const { traces } = keeper(store);
    const run = new HandRun(store, 'a').start().step(0, []).end();
    traces.settled(run.id);
    await expect.poll(() => isProjected(store, run.summary), { timeout: 5000 }).toBe(true);
    await traces.close();
  });

  it('are made up for at the next start where a process ended before it came to them', async () => {
    const store = open();
    const done = new HandRun(store, 'a').start().step(0, []).end();
    const half = new HandRun(store, 'b').start().step(0, ['one']);
    const first = keeper(store).traces;
    first.settled(half.id);
    await first.close();
    half.node(1, 'one').step(1, []).end();
    expect([done, half].map(({ summary }) => isProjected(store, summary))).toEqual([false, false]);
    const { traces } = keeper(store);
    await traces.catchUp();
    await traces.close();
    expect([done, half].map(({ summary }) => isProjected(store, summary))).toEqual([true, true]);
  });

  it('leave out a run that cannot be told, and say so', async () => {
    const store = open();
    const { traces, told } = keeper(store);
    const good = new HandRun(store, 'a').start().step(0, []).end();
    const bad = new HandRun(store, 'b').start().step(0, ['one']);
    bad.put(
      { type: 'effect.requested', key: '/1:one#1.1', kind: 'model', name: 'x/y', request: { read: 'f'.repeat(64) } },
      { type: 'effect.finished', key: '/1:one#1.1', ms: 1 },
    );
    const last = new HandRun(store, 'c').start().step(0, []).end();
    for (const { id } of [good, bad, last]) traces.settled(id);
    await traces.close();
    expect([good, bad, last].map(({ summary }) => isProjected(store, summary))).toEqual([true, false, true]);
    expect(told.failures.map(([run]) => run)).toEqual([bad.id]);
  });
});

describe('a long run', () => {
  it('lets others have their turn between slices, and is whole in the end', async () => {
    const store = temporaryStore();
    const { traces } = keeper(store);
    const run = new HandRun(store, 'a').start().step(0, ['n1']);
    store.transaction(() => {
      for (let step = 1; step <= 3000; step += 1) run.node(step, `n${step % 50}`).step(step, [`n${(step + 1) % 50}`]);
    });
    run.model('/3001:n1#1.1', [system, user('?')], '!');
    run.end();
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    traces.settled(run.id);
    await traces.flush();
    isDone = true;
    expect(store.traces.get(run.id)?.summary.spanCount).toBe(3003);
    expect(turns).toBeGreaterThan(3);
    await traces.close();
  });
});
