// What a journal comes to.
import { describe, expect, test } from 'vitest';
import { foldRun } from '#engine/run/fold';
import { nodeNames, ownerOfScope, pathOfKey } from '#engine/run/path';
import type { JournalEvent, RunEvent } from '#contract/journal';

function journal(...events: readonly RunEvent[]): JournalEvent[] {
  return events.map((event, index) => ({ seq: index + 1, at: 1000 + index, event }));
}

const begun = [
  { type: 'run.started', agent: 'a', file: 'agents/a.agent.ts', hash: 'h', input: {}, seed: 1 },
  { type: 'step.finished', scope: '', step: 0, delta: [['=', [], { n: 0, list: [] }]], next: ['one', 'two'] },
] as const satisfies readonly RunEvent[];

describe('foldRun', () => {
  test('keeps state, place and joins of a scope', () => {
    const fold = foldRun(
      journal(...begun, {
        type: 'step.finished',
        scope: '',
        step: 1,
        delta: [['=', ['n'], 5]],
        next: ['three'],
        joins: { 2: ['one'] },
      }),
    );
    expect(fold.root).toEqual({ state: { n: 5, list: [] }, step: 1, next: ['three'], joins: { 2: ['one'] } });
    expect(fold.status).toBe('running');
    expect(fold.seq).toBe(3);
  });

  test('keeps what an unfinished step has done, and forgets it with the step', () => {
    const events: RunEvent[] = [
      ...begun,
      { type: 'effect.requested', key: '/1:one#1.1', kind: 'tool', name: 't', request: { a: 1 } },
      {
        type: 'effect.finished',
        key: '/1:one#1.1',
        ms: 1,
        result: 7,
        usage: { inputTokens: 1, outputTokens: 2, costUsd: 0.5 },
      },
      { type: 'effect.requested', key: '/1:two#1.1', kind: 'tool', name: 't', request: {} },
      {
        type: 'node.failed',
        scope: '',
        step: 1,
        node: 'two',
        ms: 1,
        try: 1,
        error: { name: 'E', message: 'm' },
        retryAt: 5,
      },
      { type: 'clock.read', key: '/1:two#2.1', now: 99 },
      { type: 'node.finished', scope: '', step: 1, node: 'one', ms: 1, patches: [{ n: 1 }] },
    ];
    const fold = foldRun(journal(...events));
    expect(fold.node('/1:one')?.result?.patches).toEqual([{ n: 1 }]);
    expect(fold.effect('/1:one#1.1')).toBeUndefined();
    expect(fold.effect('/1:two#1.1')).toBeUndefined();
    expect(fold.effect('/1:two#2.1')?.outcome?.result).toBe(99);
    expect(fold.node('/1:two')?.failure?.retryAt).toBe(5);
    expect(fold.usage).toEqual({ inputTokens: 1, outputTokens: 2, costUsd: 0.5 });

    fold.add({ seq: 50, at: 0, event: { type: 'step.finished', scope: '', step: 1, delta: [], next: [] } });
    expect([...fold.nodes()]).toEqual([]);
  });

  test('forgets the scopes inside a node when that is over', () => {
    const inner = (item: number): RunEvent[] => [
      {
        type: 'step.finished',
        scope: `/1:one[${item}]/1:each`,
        step: 0,
        delta: [['=', [], { x: item }]],
        next: ['deep'],
      },
      { type: 'clock.read', key: `/1:one[${item}]/1:each/1:deep#1.1`, now: 1 },
      { type: 'interrupt.opened', id: `/1:one[${item}]/1:each/1:deep`, kind: 'human', title: 'Well?' },
    ];
    const fold = foldRun(journal(...begun, ...inner(0), ...inner(1)));
    expect(fold.scopes.get('/1:one[1]/1:each')?.state).toEqual({ x: 1 });
    expect(fold.openInterrupts()).toHaveLength(2);

    fold.add({
      seq: 9,
      at: 9,
      event: { type: 'node.finished', scope: '/1:one[0]', step: 1, node: 'each', ms: 1, patches: [] },
    });
    expect([...fold.scopes.keys()]).toEqual(['', '/1:one[1]/1:each']);
    expect(fold.openInterrupts().map(({ id }) => id)).toEqual(['/1:one[1]/1:each/1:deep']);

    fold.add({ seq: 10, at: 9, event: { type: 'node.finished', scope: '', step: 1, node: 'one', ms: 1 } });
    expect([...fold.scopes.keys()]).toEqual(['']);
    expect([...fold.nodes()].map(([path]) => path)).toEqual(['/1:one']);
    expect(fold.openInterrupts()).toEqual([]);
  });

  test('tells waiting from sleeping, and the answer of an interrupt', () => {
    const opened: RunEvent = { type: 'interrupt.opened', id: '/1:one', kind: 'human', title: 'Well?' };
    const slept: RunEvent = { type: 'run.slept' };
    expect(foldRun(journal(...begun, opened, slept)).status).toBe('waiting');
    expect(foldRun(journal(...begun, { ...opened, kind: 'wait', until: 5 }, slept)).status).toBe('sleeping');
    const answer: RunEvent = { type: 'interrupt.answered', id: '/1:one', value: { yes: true }, by: 'me' };
    const answered = foldRun(journal(...begun, opened, slept, answer));
    expect(answered.openInterrupts()).toEqual([]);
    expect(answered.interrupts.get('/1:one')?.answer).toEqual({ value: { yes: true }, by: 'me' });
  });

  test('goes on from a snapshot', () => {
    const fold = foldRun([{ seq: 8, at: 1, event: { type: 'run.edited', delta: [['=', ['n'], 3]] } }], {
      seq: 7,
      step: 4,
      state: { n: 2 },
      next: ['x'],
      joins: {},
    });
    expect(fold.root).toEqual({ state: { n: 3 }, step: 4, next: ['x'], joins: {} });
    expect(fold.seq).toBe(8);
  });
});

describe('paths', () => {
  test('lead from an effect to its node, from a scope to its owner, and to names', () => {
    expect(pathOfKey('/4:fan#2[3]/1:each#1.12')).toBe('/4:fan#2[3]/1:each');
    expect(pathOfKey('/4:fan#2[3]/1:try.a')).toBe('/4:fan#2[3]/1:try.a');
    expect(ownerOfScope('/4:fan#2[3]')).toBe('/4:fan');
    expect(ownerOfScope('/4:fan[3]/1:each')).toBe('/4:fan[3]/1:each');
    expect(nodeNames('/4:fan#2[3]/1:each/7:ask')).toBe('fan/each/ask');
  });
});
