// Main and its runners die at random moments, again and again, until the run is done: with the real scheduler on a real database.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { JournalEvent } from '#contract/journal';
import { openStore } from '#adapters/sqlite/store';
import { busy, busyFile, newWorld, parrot } from '#test/busy-agent';
import { workshop, type Workshop } from '#test/in-process-runners';
import { temporaryFolder } from '#test/store';

const input = { rounds: 4 };

/** Numbers in [0, 1) that a seed gives. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function policyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-crash-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'policies.json'), '{ "rules": [{ "tool": "*", "decision": "allow" }] }');
  return folder;
}

/** Answers what is not known by looking at the world, as a person would. */
async function decide({ control }: Workshop, id: string, notes: readonly string[]): Promise<void> {
  for (const { id: interrupt, kind, details } of control.get(id).interrupts) {
    if (kind !== 'unsure') continue;
    const line = String(Object(Object(details).input).line);
    const place = notes.indexOf(line);
    await control.answer(id, interrupt, place < 0 ? { again: true } : { result: place + 1 }, 'me');
  }
}

async function undisturbed(): Promise<{ readonly notes: readonly string[]; readonly state: unknown }> {
  const world = newWorld();
  const store = openStore(join(temporaryFolder(), 'studio.db'));
  onTestFinished(() => store.close());
  const shop = workshop({ store, shelf: busy(world), folder: policyFolder(), providers: [parrot(world)] });
  const { id } = await shop.control.start({ file: busyFile, input, seed: 5 });
  await shop.until(id, 'finished');
  return { notes: world.notes, state: shop.control.state(id, '', shop.control.get(id).run.step).state };
}

test.each(Array.from({ length: 12 }, (_, seed) => seed))(
  'a run that is killed again and again (seed %i)',
  async (seed) => {
    const draw = draws(seed);
    const world = newWorld();
    const folder = policyFolder();
    const database = join(temporaryFolder(), 'studio.db');
    const expected = await undisturbed();
    let id: string | undefined;
    /** What readers were told: it must never be otherwise. */
    const told = new Map<number, JournalEvent>();
    const otherwise: JournalEvent[] = [];
    let journal: readonly JournalEvent[] = [];
    let state: unknown;
    let kills = 0;
    let deaths = 0;
    for (let isDone = false; !isDone;) {
      const store = openStore(database);
      // A tool may be at work when it happens, and dies too.
      const life = { isOver: false };
      world.onTool = () => new Promise((resolve) => setTimeout(() => life.isOver || resolve(), draw() * 3));
      const shop = workshop({ store, shelf: busy(world), folder, providers: [parrot(world)] });
      await shop.control.open({ resume: true });
      id ??= (await shop.control.start({ file: busyFile, input, seed: 5 })).id;
      const run = id;
      const stop = new AbortController();
      const reading = (async () => {
        for await (const update of shop.control.watch(run, 0, stop.signal)) {
          if (update.kind !== 'events') continue;
          for (const event of update.events) {
            const before = told.get(event.seq);
            if (before !== undefined && !isDeepStrictEqual(before, event)) otherwise.push(event);
            told.set(event.seq, event);
          }
        }
      })();
      const patience = kills < 30 ? draw() * 20 : 20_000;
      const until = performance.now() + patience;
      while (performance.now() < until && shop.control.get(run).run.status !== 'finished') {
        await decide(shop, run, world.notes);
        if (draw() < 0.03) {
          shop.runners.die();
          deaths += 1;
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      isDone = shop.control.get(run).run.status === 'finished';
      if (isDone) {
        const { step, seq } = shop.control.get(run).run;
        state = shop.control.state(run, '', step).state;
        journal = shop.control.journal(run, 0, seq).events;
      }
      kills += 1;
      stop.abort();
      await reading;
      life.isOver = true;
      shop.crash();
      store.close();
    }
    expect(kills + deaths).toBeGreaterThan(1);
    expect(world.notes).toEqual(expected.notes);
    expect(state).toEqual(expected.state);
    expect(journal.map((event) => event.seq)).toEqual(journal.map((_, n) => n + 1));
    expect(told.size).toBeGreaterThan(0);
    expect(otherwise).toEqual([]);
    expect(journal.filter((event) => told.has(event.seq))).toEqual(
      [...told.values()].toSorted((a, b) => a.seq - b.seq),
    );
  },
);
