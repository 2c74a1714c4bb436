// Pairs and labels over the contract: the whole way from mining to agreement, as the renderer calls it.
import { createRouterClient } from '@orpc/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Topic } from '#contract/workspace';
import { Studio } from '#engine/studio';
import { labelsHandlers } from '#handlers/labels';
import { pairsHandlers } from '#handlers/pairs';
import { addTrace } from '#test/samples';
import { temporaryStore } from '#test/store';

const annotator = 'Ada';

function setUp() {
  const studio = new Studio({
    path: '/tmp/w',
    isSample: false,
    store: temporaryStore(),
    clock: { now: () => Date.now() },
  });
  const none = () => {
    throw new Error('Judging asks nothing of the desk.');
  };
  const desk = { pickFiles: none, pickFolder: none, pickSaveFile: none, isGranted: none, reveal: none };
  const workspaces = {
    current: none,
    recent: none,
    open: none,
    pick: none,
    openSample: none,
    forget: none,
    doctor: none,
  };
  const context = { studio: () => studio, desk, workspaces };
  return { studio, client: createRouterClient({ pairs: pairsHandlers, labels: labelsHandlers }, { context }) };
}

/** What views were told to ask again, in order. */
function topicsOf(studio: Studio): Topic[] {
  const told: Topic[] = [];
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  void (async () => {
    for await (const { topics } of studio.changes.listen(controller.signal)) told.push(...topics);
  })();
  return told;
}

describe('judging over the contract', () => {
  it('mines as a job, queues, labels, undoes and reports, and tells the views', async () => {
    const { studio, client } = setUp();
    const told = topicsOf(studio);
    for (const answer of ['one', 'two', 'three']) {
      addTrace(studio.store, { id: answer, lines: ['u: hi', `a: ${answer}`], group: 'g' });
    }
    const { jobId } = await client.pairs.mine({});
    await expect.poll(() => studio.jobs.get(jobId)?.state).toBe('done');
    expect(studio.jobs.get(jobId)).toMatchObject({ message: '3 pairs found, 3 new', result: { pairs: 3, new: 3 } });
    expect(told).toContain('pairs');

    const page = await client.pairs.list({ filter: {}, page: { offset: 0, limit: 10 } });
    expect(page.total).toBe(3);
    expect((await client.pairs.facets()).groups).toEqual([{ value: 'g', count: 3 }]);

    expect(await client.labels.addAnnotator({ name: annotator })).toMatchObject([{ name: annotator }]);
    const settings = { ...(await client.labels.queue({ annotator })), repeatRate: 0 };
    expect(await client.labels.setQueue({ annotator, settings })).toEqual(settings);
    const item = await client.labels.next({ annotator });
    const pairId = item?.detail.pair.id ?? '';
    expect(pairId).toBe(page.items[0]?.pair.id);
    const swapped = item?.swapped ?? false;
    const judged = { choice: 'a', strength: 3, swapped, elapsedMs: 5 } as const;
    const added = await client.labels.add({ pairId, annotator, tags: ['clear'], ...judged });
    expect(added.label).toMatchObject({ pairId, choice: 'a', swapped });
    expect(added.next?.detail.pair.id).toBe(page.items[1]?.pair.id);
    const skipped = await client.labels.skip({ annotator, pairId: added.next?.detail.pair.id ?? '' });
    expect(skipped.progress).toMatchObject({ total: 3, labelled: 1, skipped: 1, undoDepth: 2 });
    expect(await client.labels.list({ annotator, page: { offset: 0, limit: 10 } })).toEqual({
      items: [added.label],
      total: 1,
    });
    expect((await client.labels.agreement()).annotators).toMatchObject([{ name: annotator, labels: 1 }]);
    await client.labels.undo({ annotator });
    const undone = await client.labels.undo({ annotator });
    expect(undone).toMatchObject({ undone: { id: added.label.id }, item, progress: { undoDepth: 0 } });
    expect(told).toContain('labels');
    expect((await client.pairs.get({ id: pairId })).a).toHaveLength(1);
  });

  it('answers with the code, a sentence and what to do', async () => {
    const { client } = setUp();
    await expect(client.labels.next({ annotator })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      status: 404,
      message: 'There is no annotator “Ada” in this workspace.',
      data: { hint: 'Add the name first, then label.' },
    });
    await expect(client.pairs.get({ id: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
