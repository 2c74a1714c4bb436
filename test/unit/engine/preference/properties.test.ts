// Properties: of mining over any tree, and of the queue under any history.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QueueItem } from '#contract/label';
import { addAnnotator } from '#engine/preference/annotators';
import { mine } from '#engine/preference/mine';
import { pairId } from '#engine/preference/pair-id';
import { addLabel, changeQueue, nextItem, queueProgress, skipPair, undoLast } from '#engine/preference/queue';
import { queueSettings } from '#engine/preference/queue-settings';
import { addPairs, addTrace, labelOf, newWorld, quietTask } from './world.ts';

describe('mining any tree', () => {
  const line = fc
    .tuple(fc.constantFrom('u', 'a', 't'), fc.constantFrom('x', 'y', 'z'))
    .map(([who, what]) => `${who}: ${what}`);
  const transcript = fc.record({
    system: fc.constantFrom('s: one', 's: two'),
    lines: fc.array(line, { minLength: 1, maxLength: 6 }),
    group: fc.constantFrom('g', 'h', undefined),
    reward: fc.constantFrom(0, 1, undefined),
  });

  it('makes no pair twice, none of equal sides or of a branch with itself, and every prompt the last common turn', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(transcript, { minLength: 1, maxLength: 14 }), async (transcripts) => {
        const world = newWorld();
        const traces = transcripts.map(({ system, lines, group, reward }) =>
          addTrace(world, [system, ...lines], {
            ...(group === undefined ? {} : { group }),
            scores: reward === undefined ? [] : [{ name: 'reward', value: reward }],
          }),
        );
        const { store } = world;
        const summary = await mine(store, world.clock, undefined, quietTask());
        const pairs = store.pairs.list({}, 0, 1000).items;
        expect(pairs).toHaveLength(summary.pairs);
        expect(summary.new).toBe(summary.pairs);
        expect(new Set(pairs.map(({ a, b }) => [a, b].toSorted().join(' '))).size).toBe(pairs.length);
        for (const { id, a, b, prompt, kind } of pairs) {
          expect(a < b).toBe(true);
          expect(id).toBe(pairId(b, a));
          expect(store.turns.commonAncestor(a, b)).toBe(prompt);
          expect([a, b]).not.toContain(prompt);
          if (kind !== 'sibling') continue;
          for (const leaf of [a, b]) {
            expect(store.turns.get(leaf)?.parent).toBe(prompt);
            expect(store.turns.get(leaf)?.message.role).toBe('assistant');
          }
        }
        // All that can be paired by outcome is, found here by comparing every two runs.
        const expected = new Set<string>();
        for (const one of traces) {
          for (const two of traces) {
            const [left, right] = [one.trace, two.trace];
            if (left.group === undefined || left.group !== right.group) continue;
            if (left.scores[0] === undefined || right.scores[0] === undefined) continue;
            if (left.scores[0].value === right.scores[0].value || one.path[0]?.id !== two.path[0]?.id) continue;
            const [ids, others] = [one.path.map(({ id }) => id), two.path.map(({ id }) => id)];
            if (!ids.includes(two.leaf) && !others.includes(one.leaf)) expected.add(pairId(one.leaf, two.leaf));
          }
        }
        const outcomes = pairs.filter(({ kind }) => kind === 'outcome').map(({ id }) => id);
        expect(outcomes.toSorted()).toEqual([...expected].toSorted());
        expect(await mine(store, world.clock, undefined, quietTask())).toEqual({ ...summary, new: 0 });
      }),
      { numRuns: 30 },
    );
  });
});

describe('the queue under any history', () => {
  const ada = 'Ada';
  const acts = fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant('label' as const) },
      { weight: 2, arbitrary: fc.constant('skip' as const) },
      { weight: 3, arbitrary: fc.constant('undo' as const) },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
    ),
    { minLength: 1, maxLength: 70 },
  );

  it('counts right, offers nothing twice but marked repeats, and undoes back to the beginning', () => {
    fc.assert(
      fc.property(acts, fc.constantFrom(0, 0.2, 0.5), (history, repeatRate) => {
        let world = newWorld();
        addPairs(world, 25);
        addAnnotator(world.store, world.clock, ada);
        changeQueue(world.store, ada, { ...queueSettings(world.store, ada), repeatRate });
        const done: { readonly item: QueueItem; readonly kind: 'label' | 'skip' }[] = [];
        const labelled = () =>
          new Set(done.filter(({ kind }) => kind === 'label').map(({ item }) => item.detail.pair.id));
        let item = nextItem(world.store, ada);
        const first = item;

        const check = (shown: QueueItem | undefined): void => {
          const skipped = done.filter(({ kind }) => kind === 'skip').map(({ item }) => item.detail.pair.id);
          expect(queueProgress(world.store, world.clock, ada)).toMatchObject({
            total: 25,
            labelled: labelled().size,
            skipped: skipped.filter((id) => !labelled().has(id)).length,
            today: done.filter(({ kind }) => kind === 'label').length,
            undoDepth: done.length,
          });
          if (shown === undefined) return;
          const { id } = shown.detail.pair;
          const original = done.find(({ item }) => item.detail.pair.id === id)?.item;
          const isRepeat = shown.repeats !== undefined;
          // A fresh pair was neither labelled nor skipped; a repeat was labelled, on the other sides, and not repeated yet.
          expect(labelled().has(id)).toBe(isRepeat);
          expect(original === undefined).toBe(!isRepeat);
          expect(isRepeat && shown.swapped === original?.swapped).toBe(false);
          expect(isRepeat && done.some(({ item }) => item.repeats === shown.repeats)).toBe(false);
        };

        for (const act of history) {
          const before = item;
          if (act === 'restart') {
            world = world.restart();
            item = nextItem(world.store, ada);
          } else if (act === 'undo') {
            item = undoLast(world.store, world.clock, ada).item;
          } else if (item !== undefined) {
            const { swapped, repeats, detail } = item;
            const input = labelOf(detail.pair.id, ada, { swapped, ...(repeats === undefined ? {} : { repeats }) });
            done.push({ item, kind: act });
            item =
              act === 'skip'
                ? skipPair(world.store, world.clock, ada, detail.pair.id).next
                : addLabel(world.store, world.clock, input).next;
          }
          const expected = act === 'undo' ? (done.pop()?.item ?? before) : act === 'restart' ? before : item;
          expect(item).toEqual(expected);
          check(item);
        }
        while (done.length > 0) {
          expect(undoLast(world.store, world.clock, ada).item).toEqual(done.pop()?.item);
          check(undefined);
        }
        expect(nextItem(world.store, ada)).toEqual(first);
        expect(world.store.labels.list({}, 0, 1).total).toBe(0);
      }),
      { numRuns: 15 },
    );
  });
});
