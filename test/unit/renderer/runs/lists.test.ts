// The list of runs as it grows and changes, what can be done to a run, and its breakpoints.
import { describe, expect, test } from 'vitest';
import type { RunSummary } from '#contract/run';
import { toggled, withBreakpoint } from '../../../../src-renderer/features/runs/breakpoints.ts';
import { refusalsOf } from '../../../../src-renderer/features/runs/controls.ts';
import { cameOnTop, withNewest, withNext } from '../../../../src-renderer/features/runs/run-pages.ts';

function run(id: string, status: RunSummary['status'] = 'finished'): RunSummary {
  return {
    id,
    agent: 'triage',
    file: 'agents/triage.agent.ts',
    hash: 'h',
    status,
    seed: 1,
    title: id,
    createdAt: 0,
    updatedAt: 0,
    step: 1,
    seq: 1,
    usage: { inputTokens: 0, outputTokens: 0 },
    open: 0,
  };
}

const runs = (...ids: string[]): RunSummary[] => ids.map((id) => run(id));
const ids = (items: readonly RunSummary[]): string[] => items.map(({ id }) => id);

describe('pages', () => {
  const list = withNext({ items: runs('e', 'd'), next: 'd' }, { items: runs('c', 'b'), next: 'b' });

  test('go on where the last one ended', () => {
    expect(ids(list.items)).toEqual(['e', 'd', 'c', 'b']);
    expect(list.next).toBe('b');
  });

  test('new runs come on top, and what was loaded below stays', () => {
    const fresh = withNewest(list, { items: runs('g', 'f'), next: 'f' });
    expect(ids(withNewest(list, { items: runs('f', 'e'), next: 'e' }).items)).toEqual(['f', 'e', 'd', 'c', 'b']);
    // More came than a page holds: the list begins anew rather than with a hole.
    expect(ids(fresh.items)).toEqual(['g', 'f']);
  });

  test('known runs are renewed, and those that no longer fit are gone', () => {
    const next = withNewest(list, { items: [run('e', 'failed'), run('c')], next: 'c' });
    expect(ids(next.items)).toEqual(['e', 'c', 'b']);
    expect(next.items[0]?.status).toBe('failed');
  });

  test('how many came on top is known, so that the rows below can keep their place', () => {
    expect(cameOnTop(runs('e', 'd'), runs('g', 'f', 'e', 'd'))).toBe(2);
    expect(cameOnTop([], runs('a'))).toBe(0);
    expect(cameOnTop(runs('x'), runs('a'))).toBe(0);
  });
});

describe('controls', () => {
  test('a running run can be paused, a paused one goes on', () => {
    expect(refusalsOf('running', 2)).toMatchObject({
      resume: 'it is not paused',
      edit: 'the run must be paused first',
    });
    expect(refusalsOf('running', 2).pause).toBeUndefined();
    expect(refusalsOf('paused', 2)).toEqual({ pause: 'the run is not under way' });
  });

  test('an ended run can still be forked and replayed', () => {
    const refusals = refusalsOf('finished', 2);
    expect(refusals.fork).toBeUndefined();
    expect(refusals.replay).toBeUndefined();
    expect(refusals.cancel).toBe('the run has ended');
  });

  test('before the first step there is nothing to fork', () => {
    expect(refusalsOf('running', 0).fork).toBe('no step has ended yet');
  });
});

test('breakpoints are put on, changed and taken off one by one', () => {
  const one = toggled([], 'pay');
  expect(one).toEqual([{ when: 'before', node: 'pay' }]);
  expect(toggled(one, 'pay')).toEqual([]);
  const both = withBreakpoint(one, 'pay', 'after', { when: 'after', node: 'pay' });
  expect(both).toHaveLength(2);
  expect(withBreakpoint(both, 'pay', 'before', undefined)).toEqual([{ when: 'after', node: 'pay' }]);
});
