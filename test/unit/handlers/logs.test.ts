// Imports and traces over the contract: files in, traces listed, shown, hidden and written out, as the renderer calls it.
import { createRouterClient } from '@orpc/server';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TraceFilter } from '#contract/trace';
import { Studio } from '#engine/studio';
import { imports } from '#handlers/imports';
import { traces } from '#handlers/traces';
import { temporaryFolder, temporaryStore } from '#test/store';

const lines = ['Hi', 'Ho'].map((content) => JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }));
const page = { offset: 0, limit: 10 };
const sort = { by: 'position', descending: false } as const;

function setUp() {
  const folder = temporaryFolder();
  const log = join(folder, 'log.jsonl');
  const out = join(folder, 'out.jsonl');
  writeFileSync(log, `${lines.join('\n')}\nbroken\n`);
  const studio = new Studio({ path: folder, isSample: false, store: temporaryStore(), clock: { now: () => 1000 } });
  const none = () => {
    throw new Error('Logs ask only for files.');
  };
  const desk = {
    pickFiles: () => Promise.resolve([log]),
    pickFolder: none,
    pickSaveFile: () => Promise.resolve(out),
    isGranted: (path: string) => path === log,
    reveal: none,
  };
  const workspaces = {
    current: none,
    recent: none,
    open: none,
    pick: none,
    openSample: none,
    forget: none,
    doctor: none,
  };
  const told = new Set<string>();
  studio.changed = (...topics) => {
    for (const topic of topics) told.add(topic);
  };
  const context = { studio: () => studio, desk, workspaces };
  return { studio, told, log, out, client: createRouterClient({ imports, traces }, { context }) };
}

it('picks, recognises and imports a file, and keeps the report of what was set aside', async () => {
  const { studio, client, log, told } = setUp();
  const paths = [...(await client.imports.pick())];
  expect(await client.imports.detect({ paths })).toMatchObject([
    { path: log, name: 'log.jsonl', format: 'openai-chat' },
  ]);
  const { jobId } = await client.imports.start({ paths, format: 'auto' });
  await expect.poll(() => studio.jobs.get(jobId)?.state).toBe('done');
  expect(studio.jobs.get(jobId)).toMatchObject({
    kind: 'import',
    title: 'Import log.jsonl',
    message: '2 of 2 traces new, 1 set aside',
  });
  expect([...told]).toEqual(expect.arrayContaining(['imports', 'traces', 'workspace']));
  const [summary] = await client.imports.list();
  expect(summary).toMatchObject({ file: log, format: 'openai-chat', traces: 2, rejected: 1, state: 'done' });
  const rejects = await client.imports.rejects({ importId: summary?.id ?? '', page });
  expect(rejects).toMatchObject({ total: 1, items: [{ line: 3, excerpt: 'broken' }] });
  await expect(client.imports.rejects({ importId: 'none', page })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('reads only what a person chose', async () => {
  const { client } = setUp();
  const paths = ['/etc/passwd'];
  await expect(client.imports.start({ paths, format: 'auto' })).rejects.toMatchObject({ code: 'REFUSED' });
  await expect(client.imports.detect({ paths })).rejects.toMatchObject({ code: 'REFUSED' });
});

it('lists, shows, gives the raw record, hides and restores, and writes transcripts out', async () => {
  const { studio, client, log, out } = setUp();
  const { jobId } = await client.imports.start({ paths: [log], format: 'openai-chat' });
  await expect.poll(() => studio.jobs.get(jobId)?.state).toBe('done');
  const { items, total } = await client.traces.list({ filter: {}, sort, page });
  expect(total).toBe(2);
  const id = items[0]?.id ?? '';
  expect(await client.traces.raw({ id })).toBe(lines[0]);
  expect(await client.traces.get({ id })).toMatchObject({
    trace: { name: 'Hi' },
    timed: false,
    spans: [{ kind: 'human', name: 'user' }],
  });
  await expect(client.traces.get({ id: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await client.traces.facets()).toMatchObject({ total: 2, models: [{ value: 'm', count: 2 }] });
  expect(await client.traces.remove({ ids: [id] })).toEqual({ count: 1 });
  expect((await client.traces.list({ filter: {}, sort, page })).total).toBe(1);
  expect(await client.traces.restore({ ids: [id] })).toEqual({ count: 1 });
  const job = await client.traces.export({ filter: {}, target: 'source' });
  await expect.poll(() => studio.jobs.get(job?.jobId ?? '')?.state).toBe('done');
  expect(studio.jobs.get(job?.jobId ?? '')?.message).toBe('2 records written');
  expect(readFileSync(out, 'utf8')).toBe(`${lines.join('\n')}\n`);
});

it('keeps filters by name', async () => {
  const { client } = setUp();
  const filter: TraceFilter = { error: true };
  await client.traces.saveFilter({ name: 'b', filter, sort });
  await client.traces.saveFilter({ name: 'a', filter: {}, sort });
  await client.traces.saveFilter({ name: 'b', filter: { text: 'x' }, sort });
  expect(await client.traces.savedFilters()).toEqual([
    { name: 'a', filter: {}, sort },
    { name: 'b', filter: { text: 'x' }, sort },
  ]);
  expect(await client.traces.removeFilter({ name: 'a' })).toHaveLength(1);
});
