// From runs to preference data: two runs that answered the same question differently are mined, labelled and exported like any log.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportDataset } from '#engine/preference/dataset/export';
import { labelPair } from '#engine/preference/label';
import { mine } from '#engine/preference/mine';
import { newTask } from '#engine/jobs';
import { exportTranscripts } from '#engine/trace/export/run';
import { RunTraces } from '#engine/trace/run/run-traces';
import { HandRun, runStart, system, user } from '#test/run-journal';
import { temporaryFolder, temporaryStore } from '#test/store';

const clock = { now: () => runStart };
const task = newTask(new AbortController().signal, () => undefined);
const question = [system, user('Where is my parcel?')];

it('makes pairs of answers under one question and of runs with other scores, and exports the choice', async () => {
  const store = temporaryStore();
  const traces = new RunTraces(store, {
    onChange: () => undefined,
    onFailure: (_run, error) => {
      throw error;
    },
  });
  const kind = new HandRun(store, 'a').start().step(0, ['reply']);
  kind.model('/1:reply#1.1', question, 'It left Bremen this morning; you have it tomorrow.');
  kind.node(1, 'reply').step(1, []).end();
  const curt = new HandRun(store, 'b', { seed: 8 }).start().step(0, ['reply']);
  const said = curt.model('/1:reply#1.1', question, 'On its way.');
  curt.node(1, 'reply').step(1, []).end();
  for (const { id } of [kind, curt]) traces.settled(id);
  await traces.close();

  const found = await mine(store, clock, ['sibling'], task);
  expect(found).toMatchObject({ pairs: 1, new: 1 });
  const [pair] = store.pairs.list({}, 0, 10).items;
  expect(pair).toMatchObject({ kind: 'sibling', group: store.traces.get(kind.id)?.summary.group });
  expect(new Set([pair?.traceA, pair?.traceB])).toEqual(new Set([kind.id, curt.id]));

  store.traces.putScores(kind.id, [{ name: 'helpful', value: 1 }]);
  store.traces.putScores(curt.id, [{ name: 'helpful', value: 0 }]);
  // What is found both ways is one pair.
  expect((await mine(store, clock, ['outcome'], task)).byKind).toEqual({ outcome: 1 });

  labelPair(store, clock, {
    pairId: pair?.id ?? '',
    annotator: 'Ada',
    choice: pair?.a === said ? 'b' : 'a',
    strength: 2,
    tags: [],
    swapped: false,
    elapsedMs: 100,
  });
  const out = join(temporaryFolder(), 'data.jsonl');
  const written = await exportDataset(
    store,
    {
      recipe: { ties: 'drop', minStrength: 1, conflicts: 'majority', unit: 'trajectory' },
      options: { target: 'trl-dpo', format: 'jsonl', split: 0, seed: 1, mask: false },
      out,
    },
    task,
  );
  expect(written).toMatchObject({ rows: 1, verified: 1 });
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
    prompt: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Where is my parcel?' },
    ],
    chosen: [{ role: 'assistant', content: 'It left Bremen this morning; you have it tomorrow.' }],
    rejected: [{ role: 'assistant', content: 'On its way.' }],
  });

  const lines: string[] = [];
  await exportTranscripts(store, { source: ['atelier'] }, 'openai-chat', (line) => void lines.push(line), task);
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { model: 'scripted/triage', messages: [{}, {}, { content: 'It left Bremen this morning; you have it tomorrow.' }] },
    { messages: [{}, {}, { content: 'On its way.' }] },
  ]);
});
