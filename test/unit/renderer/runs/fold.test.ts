// What a run's updates come to on the screen, whichever way they arrive.
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { JournalEvent, RunEvent } from '#contract/journal';
import { fold, type Changed } from '../../../../src-renderer/features/runs/fold.ts';
import { edgeIdOf } from '../../../../src-renderer/features/runs/places.ts';
import { newView, nodeView, type RunView } from '../../../../src-renderer/features/runs/view.ts';

const started: RunEvent = {
  type: 'run.started',
  agent: 'triage',
  file: 'agents/triage.agent.ts',
  hash: 'h',
  input: { mail: 'hello' },
  seed: 1,
};
const begin: RunEvent = {
  type: 'step.finished',
  scope: '',
  step: 0,
  delta: [['=', [], { mail: 'hello', notes: [] }]],
  next: ['sort'],
};

function numbered(events: readonly RunEvent[]): JournalEvent[] {
  return events.map((event, index) => ({ seq: index + 1, at: 1000 + index * 10, event }));
}

function viewOf(events: readonly RunEvent[]): RunView {
  const view = newView();
  fold(view, { kind: 'events', events: numbered(events) }, new Set());
  return view;
}

function done(step: number, node: string, scope = ''): RunEvent {
  return { type: 'node.finished', scope, step, node, ms: 5 };
}

describe('nodes', () => {
  test('a node runs from the step that names it until it ends, and counts', () => {
    const view = viewOf([started, begin]);
    expect(nodeView(view, 'sort')).toMatchObject({ state: 'running', active: 1, runs: 0 });
    fold(view, { kind: 'events', events: [{ seq: 3, at: 1020, event: done(1, 'sort') }] }, new Set());
    expect(nodeView(view, 'sort')).toMatchObject({ state: 'done', active: 0, runs: 1, lastMs: 5, totalMs: 5 });
  });

  test('waits while the run is paused', () => {
    const view = viewOf([started, begin, { type: 'run.paused', why: 'asked' }]);
    expect(nodeView(view, 'sort').state).toBe('waiting');
    expect(view.status).toBe('paused');
  });

  test('is blocked by its question, and goes on with the answer', () => {
    const asked: RunEvent[] = [
      started,
      begin,
      { type: 'interrupt.opened', id: '/1:sort', kind: 'human', title: 'Which?' },
      { type: 'run.slept' },
    ];
    const view = viewOf(asked);
    expect(view.status).toBe('waiting');
    expect(nodeView(view, 'sort').state).toBe('blocked');
    const answered = viewOf([
      ...asked,
      { type: 'interrupt.answered', id: '/1:sort', value: 1, by: 'window' },
      { type: 'run.resumed', why: 'answered' },
    ]);
    expect(nodeView(answered, 'sort').state).toBe('running');
    expect(answered.interrupts.size).toBe(0);
  });

  test('is blocked by a question about its tool, too', () => {
    const view = viewOf([
      started,
      begin,
      { type: 'interrupt.opened', id: '/1:sort#1.2', kind: 'approval', title: 'May it?' },
    ]);
    expect(nodeView(view, 'sort').state).toBe('blocked');
  });

  test('that waits for a time is asleep, and asks nobody', () => {
    const wait: RunEvent = { type: 'interrupt.opened', id: '/1:sort', kind: 'wait', title: 'sort', until: 9000 };
    const view = viewOf([started, begin, wait, { type: 'run.slept', until: 9000 }]);
    expect(view).toMatchObject({ status: 'sleeping', wakeAt: 9000 });
    expect(nodeView(view, 'sort').state).toBe('asleep');
  });

  test('a failed try that is tried again is no failed node', () => {
    const failure: RunEvent = {
      type: 'node.failed',
      scope: '',
      step: 1,
      node: 'sort',
      ms: 3,
      try: 1,
      error: { name: 'Timeout', message: 'too slow' },
    };
    expect(nodeView(viewOf([started, begin, { ...failure, retryAt: 2000 }]), 'sort').state).toBe('running');
    const over = viewOf([started, begin, failure, { type: 'run.failed', error: failure.error }]);
    expect(nodeView(over, 'sort')).toMatchObject({ state: 'failed', failures: 1, active: 0 });
    expect(over.error?.message).toBe('too slow');
  });

  test('what runs inside a node ends with it', () => {
    const inside: RunEvent = {
      type: 'step.finished',
      scope: '/1:sort[0]',
      step: 0,
      delta: [],
      next: ['each'],
    };
    const view = viewOf([started, begin, inside]);
    expect(nodeView(view, 'sort/each').state).toBe('running');
    fold(view, { kind: 'events', events: [{ seq: 4, at: 1100, event: done(1, 'sort') }] }, new Set());
    expect(nodeView(view, 'sort/each').active).toBe(0);
    expect(view.active.size).toBe(0);
  });

  test('the items of a map are executions of one node', () => {
    const view = viewOf([started, begin, done(1, 'each', '/1:sort[0]'), done(1, 'each', '/1:sort#2[1]')]);
    expect(nodeView(view, 'sort/each').runs).toBe(2);
  });

  test('a graph inside a node has the name of that node for a scope, and ends with it', () => {
    const inner: RunEvent = { type: 'step.finished', scope: '/1:sort', step: 0, delta: [], next: ['draft'] };
    const view = viewOf([started, begin, inner, done(1, 'sort')]);
    expect(nodeView(view, 'sort/draft').active).toBe(0);
    expect(view.scopes.has('/1:sort')).toBe(false);
  });
});

describe('steps and edges', () => {
  const events: RunEvent[] = [
    started,
    begin,
    {
      type: 'step.finished',
      scope: '',
      step: 1,
      delta: [
        ['=', ['kind'], 'refund'],
        ['+', ['notes'], ['one']],
        ['~', ['kind'], '!'],
      ],
      next: ['look'],
    },
    { type: 'step.finished', scope: '', step: 2, delta: [], next: [] },
    { type: 'run.finished' },
  ];

  test('a step says what ran in it and which keys it changed', () => {
    const { steps } = viewOf(events);
    expect(steps.map(({ step, nodes, changed }) => ({ step, nodes, changed }))).toEqual([
      { step: 0, nodes: [], changed: ['mail', 'notes'] },
      { step: 1, nodes: ['sort'], changed: ['kind', 'notes'] },
      { step: 2, nodes: ['look'], changed: [] },
    ]);
  });

  test('an edge is taken when its ends run one after the other, also those to the ends of the graph', () => {
    const { edges } = viewOf(events);
    expect([...edges.keys()]).toEqual([
      edgeIdOf('', 'start', 'sort'),
      edgeIdOf('', 'sort', 'look'),
      edgeIdOf('', 'look', 'end'),
    ]);
  });

  test('an edit of the state stands among the steps', () => {
    const { steps } = viewOf([...events.slice(0, 3), { type: 'run.edited', delta: [['-', ['kind']]] }]);
    expect(steps.at(-1)).toMatchObject({ kind: 'edit', step: 1, changed: ['kind'] });
  });
});

describe('models', () => {
  const key = '/1:sort#1.1';
  const asked: RunEvent = { type: 'effect.requested', key, kind: 'model', name: 'm', request: {} };

  test('pieces go where they belong: a late reader is told all, what is known is not said twice', () => {
    const view = viewOf([started, begin, asked]);
    const say = (offset: number, text: string): void =>
      fold(view, { kind: 'tokens', key, channel: 'text', offset, text }, new Set());
    say(0, 'Hel');
    say(3, 'lo');
    say(0, 'Hello, you');
    say(2, 'llo');
    expect(view.spoken.get(key)?.text).toBe('Hello, you');
  });

  test('what was skipped is counted', () => {
    const view = viewOf([started, begin, asked]);
    fold(view, { kind: 'skipped', key, characters: 40 }, new Set());
    fold(view, { kind: 'skipped', key, characters: 2 }, new Set());
    expect(view.spoken.get(key)?.skipped).toBe(42);
  });

  test('the result takes the place of the pieces; usage from a journal costs nothing', () => {
    const message = { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] };
    const usage = { inputTokens: 10, outputTokens: 2, costUsd: 0.5 };
    const answered: RunEvent = { type: 'effect.finished', key, ms: 9, result: { wrote: 't', message }, usage };
    const live = viewOf([started, begin, asked, answered]);
    expect(live.effects.get(key)).toMatchObject({ state: 'done', message });
    expect(live.usage).toEqual(usage);
    expect(live.spoken.has(key)).toBe(false);
    const replayed = viewOf([started, begin, asked, { ...answered, from: 'r' }]);
    expect(replayed.usage.inputTokens).toBe(0);
  });
});

describe('whichever way it comes', () => {
  const events = numbered([
    started,
    begin,
    { type: 'effect.requested', key: '/1:sort#1.1', kind: 'model', name: 'm', request: {} },
    { type: 'effect.finished', key: '/1:sort#1.1', ms: 4, result: {} },
    { type: 'step.finished', scope: '', step: 1, delta: [], next: ['a', 'b'] },
    done(2, 'a'),
    { type: 'interrupt.opened', id: '/2:b', kind: 'human', title: '?' },
    { type: 'run.slept' },
    { type: 'interrupt.answered', id: '/2:b', value: true, by: 'window' },
    { type: 'run.resumed', why: 'answered' },
    { type: 'step.finished', scope: '', step: 2, delta: [], next: [] },
    { type: 'run.finished' },
  ]);

  test('the same view comes of one batch, of many and of repeats', () => {
    const whole = newView();
    fold(whole, { kind: 'events', events }, new Set());
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: events.length }), { maxLength: 12 }), (ends) => {
        const view = newView();
        // Each piece begins again at or before where the last one ended, as after a connection that was lost.
        for (const end of [...ends.toSorted((one, two) => one - two), events.length]) {
          const from = Math.max(0, view.seq - 2);
          fold(view, { kind: 'events', events: events.slice(from, end) }, new Set());
        }
        expect(view).toEqual(whole);
      }),
    );
  });

  test('only those who show it are told', () => {
    const view = newView();
    fold(view, { kind: 'events', events: events.slice(0, 5) }, new Set());
    const changed: Changed = new Set();
    fold(view, { kind: 'events', events: events.slice(5, 6) }, changed);
    expect([...changed]).toEqual(['journal', 'node:a']);
  });
});
