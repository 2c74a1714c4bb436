// Forks, replays and comparisons, with the real scheduler.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RunEvent } from '#contract/journal';
import type { Message } from '#contract/turn';
import { canonicalJson } from '#engine/turns/canonical';
import type { Store } from '#engine/ports';
import { busy, busyFile, newWorld, parrot, type World } from '#test/busy-agent';
import { workshop, type Workshop } from '#test/in-process-runners';
import { onEveryStore, temporaryStore } from '#test/store';

function openPolicy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-again-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'policies.json'), '{ "rules": [{ "tool": "*", "decision": "allow" }] }');
  return folder;
}

interface Done extends Workshop {
  readonly world: World;
  readonly id: string;
}

async function finished(store: Store): Promise<Done> {
  const world = newWorld();
  const shop = workshop({ store, shelf: busy(world), folder: openPolicy(), providers: [parrot(world)] });
  const { id } = await shop.control.start({ file: busyFile, input: {}, seed: 42 });
  await shop.until(id, 'finished');
  return { ...shop, world, id };
}

function eventsOf({ control }: Workshop, id: string): readonly RunEvent[] {
  return control.journal(id, 0, 1000).events.map(({ event }) => event);
}

/** What a replay must reproduce, bit by bit. */
function stepsOf(shop: Workshop, id: string): string[] {
  const steps = eventsOf(shop, id).flatMap((event) => (event.type === 'step.finished' ? [event] : []));
  return steps.map((event) => canonicalJson(event)).toSorted();
}

onEveryStore('replay', (open) => {
  test('does the same bit by bit, without touching the world', async () => {
    const shop = await finished(open());
    expect(shop.world).toMatchObject({ asked: 3, lookups: 9 });
    expect(shop.world.notes).toHaveLength(3);
    const replay = await shop.control.replay(shop.id, undefined);
    expect(replay.origin).toEqual({ kind: 'replay', run: shop.id });
    await shop.until(replay.id, 'finished');
    expect(shop.world).toMatchObject({ asked: 3, lookups: 9 });
    expect(shop.world.notes).toHaveLength(3);
    expect(stepsOf(shop, replay.id)).toEqual(stepsOf(shop, shop.id));
    const { run } = shop.control.get(replay.id);
    // What was not spent again is not counted again.
    expect(run.usage).toEqual({ inputTokens: 0, outputTokens: 0 });
    expect(shop.control.get(shop.id).run.usage).toEqual({ inputTokens: 15, outputTokens: 21 });
    const served = eventsOf(shop, replay.id).filter((event) => event.type === 'effect.finished');
    expect(served).toHaveLength(15);
    for (const event of served) expect(event).toMatchObject({ from: shop.id });
    expect(shop.control.compare(shop.id, replay.id)).toMatchObject({ sharedSteps: 12 });
    expect(shop.control.compare(shop.id, replay.id).divergence).toBeUndefined();
    expect(shop.control.get(shop.id).children.map(({ id }) => id)).toEqual([replay.id]);
  });

  test('up to a step, then live', async () => {
    const shop = await finished(open());
    const replay = await shop.control.replay(shop.id, 4);
    await shop.until(replay.id, 'finished');
    expect(shop.world).toMatchObject({ asked: 5, lookups: 15 });
    expect(shop.world.notes).toHaveLength(5);
  });

  test('of a run whose agent does something else now departs there, and says so', async () => {
    const shop = await finished(open());
    const { world } = shop;
    const changed = busy(world, ' changed');
    const next = workshop({ store: shop.store, shelf: changed, folder: openPolicy(), providers: [parrot(world)] });
    const replay = await next.control.replay(shop.id, undefined);
    await next.until(replay.id, 'departed');
    const last = eventsOf(next, replay.id).at(-1);
    expect(last).toMatchObject({
      type: 'run.departed',
      at: '/1',
      sentence: `Step 1 of the run changed the state otherwise than in run ${shop.id}.`,
    });
    expect(JSON.stringify(last)).toContain('r0 changed');
    expect(world).toMatchObject({ asked: 3, lookups: 9 });
  });

  test('goes on after main has died in the middle of it', async () => {
    const shop = await finished(open());
    const replay = await shop.control.replay(shop.id, undefined);
    shop.crash();
    const next = workshop({ store: shop.store, shelf: busy(shop.world), folder: openPolicy(), providers: [] });
    await next.control.open({ resume: true });
    await next.until(replay.id, 'finished');
    expect(stepsOf(next, replay.id)).toEqual(stepsOf(next, shop.id));
    expect(shop.world.notes).toHaveLength(3);
  });
});

describe('fork', () => {
  test('at each step: the same end by the same way, the beginning shared and not copied', async () => {
    const shop = await finished(temporaryStore());
    const whole = shop.control.state(shop.id, '', 12).state;
    for (let step = 0; step < 12; step += 1) {
      const at = shop.control
        .journal(shop.id, 0, 1000)
        .events.find(({ event }) => event.type === 'step.finished' && event.scope === '' && event.step === step);
      const fork = await shop.control.fork({ id: shop.id, step });
      expect(fork.origin).toMatchObject({ kind: 'fork', run: shop.id, step, seq: at?.seq, edited: false });
      await shop.until(fork.id, 'finished');
      const { state } = shop.control.state(fork.id, '', 12);
      expect({ ...state, log: [] }).toEqual({ ...whole, log: [] });
      const seq = at?.seq ?? 0;
      expect(shop.control.journal(fork.id, 0, seq).events).toEqual(shop.control.journal(shop.id, 0, seq).events);
      expect(shop.control.compare(shop.id, fork.id).sharedSteps).toBeGreaterThanOrEqual(step);
    }
    await expect(shop.control.fork({ id: shop.id, step: 99 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('with another state goes another way, which a comparison finds', async () => {
    const shop = await finished(temporaryStore());
    const fork = await shop.control.fork({ id: shop.id, step: 4, set: { round: 2 } });
    await shop.until(fork.id, 'finished');
    expect(shop.control.get(fork.id).run.step).toBe(8);
    // It can be replayed from there.
    const replay = await shop.control.replay(fork.id, undefined);
    await shop.until(replay.id, 'finished');
    expect(shop.control.compare(fork.id, replay.id)).toMatchObject({ sharedSteps: 8 });
    expect(shop.control.compare(fork.id, replay.id).divergence).toBeUndefined();
    // All but where it begins, which says the whole state.
    const own = stepsOf(shop, fork.id);
    expect(stepsOf(shop, replay.id).filter((text) => !own.includes(text))).toHaveLength(1);
    const { sharedSteps, divergence } = shop.control.compare(shop.id, fork.id);
    expect(sharedSteps).toBe(3);
    expect(divergence).toMatchObject({ step: 4, sentence: 'After step 4 the states differ in round.' });
    expect(divergence?.stateTwo).toMatchObject({ round: 2 });
  });

  test('with a state that the schemas do not take is refused', async () => {
    const shop = await finished(temporaryStore());
    const refused = shop.control.fork({ id: shop.id, step: 4, set: { round: 'many' } });
    await expect(refused).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('round') });
    const [fork] = shop.control.get(shop.id).children;
    expect(fork).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('round') } });
  });

  test('paused, edited, and gone on with', async () => {
    const shop = await finished(temporaryStore());
    const fork = await shop.control.fork({ id: shop.id, step: 4, paused: true });
    expect(fork.status).toBe('paused');
    await shop.control.edit(fork.id, { rounds: 1, said: 'x' }, []);
    expect(shop.control.get(fork.id).run.status).toBe('paused');
    await shop.control.resume(fork.id);
    await shop.until(fork.id, 'finished');
    expect(shop.control.get(fork.id).run.step).toBe(8);
    expect(shop.control.state(fork.id, '', 8).state).toMatchObject({ rounds: 1, round: 2 });
  });

  test('with another message: what came before it in its step is served, what follows is live', async () => {
    const shop = await finished(temporaryStore());
    const asked = eventsOf(shop, shop.id).find((event) => event.type === 'effect.requested' && event.kind === 'model');
    if (asked?.type !== 'effect.requested') throw new Error('no model was asked');
    const message: Message = { role: 'assistant', content: [{ type: 'text', text: 'Something else.' }] };
    const before = shop.world.asked;
    const fork = await shop.control.fork({ id: shop.id, step: 2, message: { key: asked.key, message } });
    await shop.until(fork.id, 'finished');
    expect(shop.world.asked - before).toBe(2);
    expect(shop.control.state(fork.id, '', 3).state).toMatchObject({ said: 'Something else.' });
    expect(shop.world.notes[3]).toBe('0 Something else.');
    const { divergence } = shop.control.compare(shop.id, fork.id);
    expect(divergence).toMatchObject({ step: 3, sentence: 'After step 3 the states differ in said.' });
    // The two answers are siblings in the turn tree.
    const wrote = (id: string): string => {
      const finished = eventsOf(shop, id).find((event) => event.type === 'effect.finished' && event.key === asked.key);
      return String(Object(Object(finished).result).wrote);
    };
    const [own, other] = [shop.store.turns.get(wrote(shop.id)), shop.store.turns.get(wrote(fork.id))];
    expect(own?.id).not.toBe(other?.id);
    expect(own?.parent).toBe(other?.parent);
    const unknown = shop.control.fork({ id: shop.id, step: 3, message: { key: asked.key, message } });
    await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND' });
    // And a replay of the fork has it too.
    const replay = await shop.control.replay(fork.id, undefined);
    await shop.until(replay.id, 'finished');
    expect(stepsOf(shop, replay.id)).toEqual(stepsOf(shop, fork.id));
  });

  test('a fork of a fork', async () => {
    const shop = await finished(temporaryStore());
    const one = await shop.control.fork({ id: shop.id, step: 6, set: { said: 'one' } });
    await shop.until(one.id, 'finished');
    const two = await shop.control.fork({ id: one.id, step: 2 });
    const three = await shop.control.fork({ id: one.id, step: 9 });
    await shop.until(two.id, 'finished');
    await shop.until(three.id, 'finished');
    expect(shop.control.compare(two.id, shop.id).divergence?.step).toBeGreaterThanOrEqual(4);
    expect(shop.control.compare(one.id, three.id).sharedSteps).toBeGreaterThanOrEqual(9);
  });

  test('goes on under a file that has changed', async () => {
    const shop = await finished(temporaryStore());
    const { world } = shop;
    const next = workshop({
      store: shop.store,
      shelf: busy(world, ' new'),
      folder: openPolicy(),
      providers: [parrot(world)],
    });
    const fork = await next.control.fork({ id: shop.id, step: 4 });
    await next.until(fork.id, 'finished');
    expect(fork.hash).not.toBe(next.control.get(shop.id).run.hash);
    expect(JSON.stringify(next.control.state(fork.id, '', 12).state)).toContain('r1 new');
    expect(eventsOf(next, fork.id).some((event) => event.type === 'run.migrated' && event.hash === fork.hash)).toBe(
      true,
    );
  });
});

describe('state', () => {
  test('of every step, in any order, and of scopes inside', async () => {
    const shop = await finished(temporaryStore());
    const steps = eventsOf(shop, shop.id).flatMap((event) =>
      event.type === 'step.finished' && event.scope === '' ? [event] : [],
    );
    expect(steps).toHaveLength(13);
    const seen = new Map<number, unknown>();
    for (const step of [0, 1, 2, 12, 3, 7, 6, 5, 12, 0]) seen.set(step, shop.control.state(shop.id, '', step));
    for (const step of [12, 7, 6, 5, 3, 2, 1, 0]) expect(shop.control.state(shop.id, '', step)).toEqual(seen.get(step));
    expect(shop.control.state(shop.id, '', 0)).toMatchObject({ before: undefined, next: ['plan'] });
    expect(shop.control.state(shop.id, '', 4)).toMatchObject({ before: { round: 0 }, state: { round: 1 } });
    const nested = eventsOf(shop, shop.id).find(
      (event) => event.type === 'step.finished' && event.scope.endsWith('raise') && event.step === 1,
    );
    if (nested?.type !== 'step.finished') throw new Error('there is no scope inside');
    const { state } = shop.control.state(shop.id, nested.scope, 1);
    expect(typeof state.word === 'string' && state.word.toUpperCase()).toBe(state.upper);
    expect(() => shop.control.state(shop.id, '', 13)).toThrow('Step 13 is not finished.');
  });
});
