// The queue: what comes next, what is remembered, blind repeats, and the way back.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Label, QueueItem } from '#contract/label';
import type { Pair } from '#contract/pair';
import type { Message } from '#contract/turn';
import { addAnnotator } from '#engine/preference/annotators';
import { labelPair } from '#engine/preference/label';
import {
  addLabel,
  changeQueue,
  isSwapped,
  nextItem,
  queueProgress,
  skipPair,
  undoLast,
} from '#engine/preference/queue';
import { queueSettings } from '#engine/preference/queue-settings';
import { addPair, addPairs, addTrace, labelOf, newWorld, type World } from './world.ts';

const ada = 'Ada';
let world: World;
let pairs: Pair[];

function setUp(count: number): void {
  world = newWorld();
  pairs = addPairs(world, count);
  addAnnotator(world.store, world.clock, ada);
  setRate(0);
}

function setRate(repeatRate: number, annotator = ada): void {
  changeQueue(world.store, annotator, { ...queueSettings(world.store, annotator), repeatRate });
}

function shown(item: QueueItem | undefined): QueueItem {
  if (item === undefined) throw new Error('The queue is empty.');
  return item;
}

/** Labels what is on screen. */
function give(item: QueueItem, more: Parameters<typeof labelOf>[2] = {}) {
  const { swapped, repeats } = item;
  const as = { swapped, ...(repeats === undefined ? {} : { repeats }), ...more };
  return addLabel(world.store, world.clock, labelOf(item.detail.pair.id, ada, as));
}

const idOf = (item: QueueItem | undefined) => item?.detail.pair.id;

describe('the queue', () => {
  beforeEach(() => setUp(30));

  it('gives the pairs in order of arrival, each once, then none', () => {
    const seen: (string | undefined)[] = [];
    let item = nextItem(world.store, ada);
    while (item !== undefined) {
      seen.push(idOf(item));
      item = give(item).next;
    }
    expect(seen).toEqual(pairs.map(({ id }) => id));
    expect(nextItem(world.store, ada)).toBeUndefined();
    expect(queueProgress(world.store, world.clock, ada)).toMatchObject({
      total: 30,
      labelled: 30,
      skipped: 0,
      undoDepth: 30,
    });
  });

  it('shows the same pair until it is labelled or skipped, also after a restart', () => {
    const first = nextItem(world.store, ada);
    expect(idOf(first)).toBe(pairs[0]?.id);
    const second = give(shown(first)).next;
    expect(nextItem(world.store, ada)).toEqual(second);
    world = world.restart();
    expect(nextItem(world.store, ada)).toEqual(second);
    const third = skipPair(world.store, world.clock, ada, idOf(second) ?? '').next;
    expect(idOf(third)).toBe(pairs[2]?.id);
    world = world.restart();
    expect(nextItem(world.store, ada)).toEqual(third);
  });

  it('is one for each annotator', () => {
    addAnnotator(world.store, world.clock, 'Bob');
    give(shown(nextItem(world.store, ada)));
    expect(idOf(nextItem(world.store, 'Bob'))).toBe(pairs[0]?.id);
    expect(idOf(nextItem(world.store, ada))).toBe(pairs[1]?.id);
  });

  it('goes on where a label came from elsewhere', () => {
    const item = shown(nextItem(world.store, ada));
    labelPair(world.store, world.clock, labelOf(idOf(item) ?? '', ada));
    expect(idOf(nextItem(world.store, ada))).toBe(pairs[1]?.id);
    expect(() => skipPair(world.store, world.clock, ada, idOf(item) ?? '')).toThrow(
      expect.objectContaining({ code: 'CONFLICT' }),
    );
  });

  it('answers a key pressed twice with a conflict and loses nothing', () => {
    const item = shown(nextItem(world.store, ada));
    give(item);
    expect(() => give(item)).toThrow(expect.objectContaining({ code: 'CONFLICT', hint: expect.any(String) }));
    expect(idOf(nextItem(world.store, ada))).toBe(pairs[1]?.id);
    const second = idOf(nextItem(world.store, ada)) ?? '';
    skipPair(world.store, world.clock, ada, second);
    expect(() => skipPair(world.store, world.clock, ada, second)).toThrow(
      expect.objectContaining({ code: 'CONFLICT' }),
    );
    expect(queueProgress(world.store, world.clock, ada)).toMatchObject({ labelled: 1, skipped: 1 });
  });

  it('wants to know who labels', () => {
    const unknown = expect.objectContaining({ code: 'NOT_FOUND', hint: expect.stringMatching(/Add the name/) });
    expect(() => nextItem(world.store, 'Eve')).toThrow(unknown);
    expect(() => addLabel(world.store, world.clock, labelOf(pairs[0]?.id ?? '', 'Eve'))).toThrow(unknown);
  });

  it("counts today's labels from local midnight and the median time", () => {
    world.clock.set(new Date(2025, 5, 3, 23, 59, 59).getTime());
    const second = give(shown(nextItem(world.store, ada)), { elapsedMs: 1000 }).next;
    expect(queueProgress(world.store, world.clock, ada).today).toBe(1);
    world.clock.set(new Date(2025, 5, 4, 0, 0, 1).getTime());
    expect(queueProgress(world.store, world.clock, ada).today).toBe(0);
    const { progress } = give(shown(second), { elapsedMs: 3000 });
    expect(progress).toMatchObject({ today: 1, medianMs: 2000 });
  });
});

describe('sides', () => {
  it('are swapped for about half, otherwise for another annotator, and always the same for one', () => {
    const ids = Array.from({ length: 2000 }, (_, index) => `pair ${index}`);
    const swapped = ids.filter((id) => isSwapped(ada, id));
    expect(swapped.length).toBeGreaterThan(900);
    expect(swapped.length).toBeLessThan(1100);
    expect(ids.filter((id) => isSwapped(ada, id))).toEqual(swapped);
    const alike = ids.filter((id) => isSwapped(ada, id) === isSwapped('Bob', id));
    expect(alike.length).toBeGreaterThan(900);
    expect(alike.length).toBeLessThan(1100);
  });
});

describe('a filter', () => {
  beforeEach(() => {
    setUp(3);
    pairs.push(...addPairs(world, 3, { group: 'g' }));
  });

  it('that leaves the pair on screen out brings another; the rest stays for later', () => {
    expect(idOf(nextItem(world.store, ada))).toBe(pairs[0]?.id);
    changeQueue(world.store, ada, { ...queueSettings(world.store, ada), filter: { group: ['g'] } });
    const item = nextItem(world.store, ada);
    expect(idOf(item)).toBe(pairs[3]?.id);
    const { progress } = give(shown(item));
    expect(progress).toMatchObject({ total: 3, labelled: 1 });
    changeQueue(world.store, ada, { ...queueSettings(world.store, ada), filter: {} });
    expect(idOf(nextItem(world.store, ada))).toBe(pairs[4]?.id);
    // It stays on screen, for it fits; then the queue goes through all that it lets in from the start.
    expect(idOf(give(shown(nextItem(world.store, ada))).next)).toBe(pairs[0]?.id);
  });

  it('that lets the pair on screen in leaves it there', () => {
    skipPair(world.store, world.clock, ada, idOf(nextItem(world.store, ada)) ?? '');
    const second = nextItem(world.store, ada);
    changeQueue(world.store, ada, { ...queueSettings(world.store, ada), filter: { kind: ['imported'] } });
    expect(nextItem(world.store, ada)).toEqual(second);
  });

  it('survives a restart', () => {
    const settings = { filter: { group: ['g'], text: 'this' }, repeatRate: 0.25, reveal: true, tags: ['one'] };
    changeQueue(world.store, ada, settings);
    expect(queueSettings(world.restart().store, ada)).toEqual(settings);
  });
});

describe('undo', () => {
  beforeEach(() => setUp(30));

  it('takes labels and skips back, newest first, and returns to each pair as it was shown', () => {
    const items: QueueItem[] = [];
    let item = nextItem(world.store, ada);
    for (let act = 0; act < 12; act += 1) {
      items.push(shown(item));
      item = act % 3 === 2 ? skipPair(world.store, world.clock, ada, idOf(item) ?? '').next : give(shown(item)).next;
    }
    world = world.restart();
    for (let act = 11; act >= 0; act -= 1) {
      const { undone, item: back, progress } = undoLast(world.store, world.clock, ada);
      expect(back).toEqual(items[act]);
      expect(undone?.pairId).toBe(act % 3 === 2 ? undefined : idOf(items[act]));
      expect(progress.undoDepth).toBe(act);
      expect(nextItem(world.store, ada)).toEqual(items[act]);
    }
    const { undone, item: first, progress } = undoLast(world.store, world.clock, ada);
    expect(undone).toBeUndefined();
    expect(first).toEqual(items[0]);
    expect(progress).toMatchObject({ labelled: 0, skipped: 0, today: 0, undoDepth: 0 });
    // And forward again, pair by pair.
    expect(idOf(give(shown(first)).next)).toBe(pairs[1]?.id);
  });

  it('hands the edit back', () => {
    const item = shown(nextItem(world.store, ada));
    const edit: Message[] = [
      { role: 'user', content: [] },
      { role: 'assistant', content: [{ type: 'text', text: 'better' }] },
    ];
    give(item, { choice: 'b', edit });
    const { undone, edited } = undoLast(world.store, world.clock, ada);
    expect(undone?.edit).toBeDefined();
    expect(undone?.undoneAt).toBeGreaterThan(0);
    expect(edited).toEqual(edit);
  });

  it('returns even to a pair that the filter has left out since', () => {
    const first = shown(nextItem(world.store, ada));
    give(first);
    const more = addPairs(world, 1, { group: 'g' });
    changeQueue(world.store, ada, { ...queueSettings(world.store, ada), filter: { group: ['g'] } });
    expect(idOf(nextItem(world.store, ada))).toBe(more[0]?.id);
    expect(undoLast(world.store, world.clock, ada).item).toEqual(first);
    expect(nextItem(world.store, ada)).toEqual(first);
    expect(idOf(give(first).next)).toBe(more[0]?.id);
  });
});

describe('blind repeats', () => {
  /** Labels everything; returns what was shown and the labels given, in order. */
  function run(count: number, rate: number): { items: QueueItem[]; labels: Label[] } {
    setUp(count);
    setRate(rate);
    const items: QueueItem[] = [];
    const labels: Label[] = [];
    let item = nextItem(world.store, ada);
    while (item !== undefined) {
      items.push(item);
      const given = give(item);
      labels.push(given.label);
      item = given.next;
    }
    return { items, labels };
  }

  it('come at about the rate, on the other sides, of labels that are not recent, each once', () => {
    const { items, labels } = run(300, 0.25);
    const repeats = items.filter(({ repeats }) => repeats !== undefined);
    // Of 300 + r acts about a quarter: r near 100.
    expect(repeats.length).toBeGreaterThan(60);
    expect(repeats.length).toBeLessThan(140);
    expect(new Set(repeats.map(({ repeats }) => repeats)).size).toBe(repeats.length);
    for (const [act, item] of items.entries()) {
      if (item.repeats === undefined) continue;
      const first = labels.findIndex(({ id }) => id === item.repeats);
      expect(labels[first]?.pairId).toBe(idOf(item));
      expect(item.swapped).toBe(!labels[first]?.swapped);
      expect(act - first).toBeGreaterThan(10);
    }
    const progress = queueProgress(world.store, world.clock, ada);
    expect(progress).toMatchObject({ total: 300, labelled: 300, undoDepth: items.length });
  });

  it('do not come at rate 0', () => {
    expect(run(60, 0).items).toHaveLength(60);
  });

  it('come back when undone, and can be skipped without being asked again', () => {
    setUp(60);
    setRate(0.5);
    let item = shown(nextItem(world.store, ada));
    while (item.repeats === undefined) item = shown(give(item).next);
    give(item);
    expect(undoLast(world.store, world.clock, ada).item).toEqual(item);
    const before = queueProgress(world.store, world.clock, ada);
    let next = skipPair(world.store, world.clock, ada, idOf(item) ?? '').next;
    expect(undoLast(world.store, world.clock, ada).item).toEqual(item);
    next = skipPair(world.store, world.clock, ada, idOf(item) ?? '').next;
    // The pair is labelled all the same.
    expect(queueProgress(world.store, world.clock, ada)).toMatchObject({ labelled: before.labelled, skipped: 0 });
    while (next !== undefined) {
      expect(next.repeats).not.toBe(item.repeats);
      next = give(next).next;
    }
  });

  it('stay within the filter', () => {
    setUp(15);
    setRate(0);
    for (let act = 0; act < 15; act += 1) give(shown(nextItem(world.store, ada)));
    const more = addPairs(world, 12, { group: 'g' });
    const settings = { ...queueSettings(world.store, ada), filter: { group: ['g'] }, repeatRate: 0.5 };
    changeQueue(world.store, ada, settings);
    let item = nextItem(world.store, ada);
    while (item !== undefined) {
      expect(more.map(({ id }) => id)).toContain(idOf(item));
      item = give(item).next;
    }
  });
});

describe('pairs that come while labelling', () => {
  it('are found after the end was reached', () => {
    setUp(1);
    expect(give(shown(nextItem(world.store, ada))).next).toBeUndefined();
    const one = addTrace(world, ['u: late', 'a: x']);
    const two = addTrace(world, ['u: late', 'a: y']);
    const late = addPair(world, one.leaf, two.leaf);
    expect(idOf(nextItem(world.store, ada))).toBe(late.id);
  });
});
