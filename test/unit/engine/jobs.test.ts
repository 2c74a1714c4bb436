// Background jobs: progress, result, failure, cancel, and others getting their turn while one works.
import { describe, expect, it } from 'vitest';
import type { Job } from '#contract/job';
import { Jobs, newTask } from '#engine/jobs';
import { Problem } from '#engine/problem';

const clock = { now: () => 1000 };

async function ended(jobs: Jobs, id: string): Promise<Job> {
  for (;;) {
    const job = jobs.get(id);
    if (job !== undefined && job.state !== 'running') return job;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('jobs', () => {
  it('returns before the work begins, then keeps its result and closing word', async () => {
    const jobs = new Jobs(clock);
    let began = false;
    const id = jobs.start(
      'mine',
      'Finding pairs',
      async () => ((began = true), 42),
      (result) => `${result} pairs`,
    );
    expect(began).toBe(false);
    expect(await ended(jobs, id)).toMatchObject({
      state: 'done',
      progress: 1,
      result: 42,
      message: '42 pairs',
      finishedAt: 1000,
    });
  });

  it('shows a problem with its hint, and anything else thrown by its sentence', async () => {
    const jobs = new Jobs(clock);
    const first = jobs.start(
      'import',
      'one',
      () => Promise.reject(new Problem('NOT_FOUND', 'No such file.', 'Pick another.')),
      String,
    );
    const second = jobs.start('import', 'two', () => Promise.reject(new TypeError('broken')), String);
    expect((await ended(jobs, first)).problem).toEqual({
      code: 'NOT_FOUND',
      message: 'No such file.',
      hint: 'Pick another.',
    });
    expect((await ended(jobs, second)).problem).toEqual({ code: 'INTERNAL', message: 'broken' });
  });

  it('cancels at the next progress, and stop waits for what still runs', async () => {
    const jobs = new Jobs(clock);
    let turns = 0;
    const id = jobs.start(
      'export',
      'endless',
      async (task) => {
        for (;;) {
          await task.progress(undefined);
          await new Promise((resolve) => setImmediate(resolve));
          turns += 1;
        }
      },
      String,
    );
    while (turns < 3) await new Promise((resolve) => setImmediate(resolve));
    await jobs.stop();
    expect(jobs.get(id)?.state).toBe('cancelled');
    const after = turns;
    await new Promise((resolve) => setImmediate(resolve));
    expect(turns).toBe(after);
  });

  it('refuses to cancel what it does not know', () => {
    expect(() => new Jobs(clock).cancel('job-9')).toThrow(/no job job-9/);
  });

  it('tells a watcher of the running ones first, then of every change', async () => {
    const jobs = new Jobs(clock);
    let finish = (): void => {};
    const id = jobs.start(
      'mine',
      'slow',
      () => new Promise<void>((resolve) => (finish = resolve)),
      () => 'done',
    );
    const stop = new AbortController();
    const seen: Job['state'][] = [];
    const reading = (async () => {
      for await (const job of jobs.watch(stop.signal)) {
        seen.push(job.state);
        if (job.state === 'done') stop.abort();
      }
    })();
    await new Promise((resolve) => setImmediate(resolve));
    finish();
    await reading;
    expect(seen[0]).toBe('running');
    expect(seen.at(-1)).toBe('done');
    expect(jobs.list().map((job) => job.id)).toEqual([id]);
  });
});

describe('a task', () => {
  it('lets the event loop in while work goes on', async () => {
    const task = newTask(new AbortController().signal, () => {});
    let others = 0;
    let working = true;
    const tick = (): void => {
      others += 1;
      if (working) setImmediate(tick);
    };
    setImmediate(tick);
    for (let item = 0; item < 5; item += 1) {
      const until = performance.now() + 10;
      while (performance.now() < until);
      await task.progress(item / 5);
    }
    working = false;
    expect(others).toBeGreaterThanOrEqual(4);
  });
});
