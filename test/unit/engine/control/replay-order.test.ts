// Replays of runs in which it counts what came first: promises that race, nodes that were let go of because another failed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { append, input } from '#engine/graph/channels';
import { agent } from '#engine/graph/define-agent';
import { edge, end, start } from '#engine/graph/define-edges';
import { code } from '#engine/graph/define-nodes';
import { defineTool } from '#engine/graph/define-tool';
import { Shelf, workshop, type Workshop } from '#test/in-process-runners';
import { temporaryStore } from '#test/store';

const file = 'agents/race.agent.ts';
const tools = 'tools/clock.ts';

/** Its tool answers after so many ms, or throws where they are below 0. */
function racing(calls: { count: number }): Shelf {
  Reflect.set(globalThis, Symbol.for('atelier.file'), tools);
  const after = defineTool({
    name: 'after',
    description: 'Answers later.',
    effect: 'read',
    input: z.object({ ms: z.number() }),
    async run({ ms }) {
      calls.count += 1;
      await new Promise((resolve) => setTimeout(resolve, Math.abs(ms)));
      if (ms < 0) throw new Error('broken');
      return ms;
    },
  });
  Reflect.set(globalThis, Symbol.for('atelier.file'), file);
  const definition = agent(
    { state: { one: input(z.number()), two: input(z.number()), log: append(z.string()) }, tools: { after } },
    {
      nodes: {
        race: code(async ({ state, tools: { after: call } }) => {
          const came: string[] = [];
          const name = (ms: number) => async () => {
            came.push(String(await call({ ms })));
          };
          await Promise.race([name(state.one)(), name(state.two)()]);
          await call({ ms: 1 });
          return { log: [came.join()] };
        }),
        other: code(async ({ tools: { after: call } }) => {
          await call({ ms: 30 });
          await call({ ms: 30 });
          return { log: ['other'] };
        }),
        last: code(() => ({ log: ['last'] })),
      },
      edges: [start('race', 'other'), edge(['race', 'other'], 'last'), end('last')],
    },
  );
  const shelf = new Shelf();
  shelf.putTools(tools, { after });
  shelf.putAgent(file, definition, 'the race', [tools]);
  return shelf;
}

async function ran(one: number, two: number): Promise<{ studio: Workshop; id: string; calls: { count: number } }> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-race-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'policies.json'), '{"rules":[]}');
  const calls = { count: 0 };
  const studio = workshop({ store: temporaryStore(), shelf: racing(calls), folder });
  const { id } = await studio.control.start({ file, input: { one, two }, seed: 1 });
  await settled(studio, id);
  return { studio, id, calls };
}

async function settled({ control }: Workshop, id: string): Promise<string> {
  await expect
    .poll(() => control.get(id).run.status, { timeout: 10_000 })
    .toMatch(/finished|failed|departed|cancelled/u);
  return control.get(id).run.status;
}

test.each([
  [40, 5],
  [5, 40],
  [5, 3000],
])('promises that raced, %i ms against %i ms, come in the same order again', async (one, two) => {
  const { studio, id, calls } = await ran(one, two);
  const { count } = calls;
  const replay = await studio.control.replay(id, undefined);
  expect(await settled(studio, replay.id)).toBe('finished');
  expect(studio.control.state(replay.id, '', 2)).toEqual(studio.control.state(id, '', 2));
  expect(calls.count).toBe(count);
});

test('a run that failed in one node fails the same again, though another had not got its answer', async () => {
  const { studio, id, calls } = await ran(-5, -5);
  expect(studio.control.get(id).run).toMatchObject({ status: 'failed', error: { message: 'broken' } });
  const { count } = calls;
  const replay = await studio.control.replay(id, undefined);
  expect(await settled(studio, replay.id)).toBe('failed');
  expect(studio.control.get(replay.id).run.error).toMatchObject({ message: 'broken' });
  expect(calls.count).toBe(count);
});
