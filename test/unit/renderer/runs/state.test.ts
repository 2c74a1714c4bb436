// States as trees of what changed, edits of them, and two runs step by step.
import { describe, expect, test } from 'vitest';
import { comparedSteps } from '../../../../src-renderer/features/runs/compare-steps.ts';
import { briefOf, briefsOf, rootsOf, rowsOf } from '../../../../src-renderer/features/runs/state-diff.ts';
import { editsOf } from '../../../../src-renderer/features/runs/state-edits.ts';
import type { StepRow } from '../../../../src-renderer/features/runs/view.ts';

describe('differences', () => {
  test('a text that grew is shown from where it grew', () => {
    const text = Array.from({ length: 500 }, (_, at) => `${at},`).join('');
    expect(briefsOf(text, `${text}500,`)).toEqual(['…497,498,499,"', '…497,498,499,500,"']);
    expect(briefsOf('hello', 'hallo')).toEqual(['"hello"', '"hallo"']);
    expect(briefsOf(1, undefined)).toEqual(['1', '']);
  });

  const before = { mail: 'hello', order: { id: 'W1', total: 3 }, notes: ['a'], old: 1 };
  const after = { mail: 'hello', order: { id: 'W1', total: 4 }, notes: ['a', 'b'], fresh: true };
  const rows = rowsOf(rootsOf(before, after), new Set());

  test('every value is marked as what became of it, down to where it happened', () => {
    expect(rows.map(({ path, change }) => [path, change])).toEqual([
      ['/mail', 'same'],
      ['/order', 'changed'],
      ['/order/id', 'same'],
      ['/order/total', 'changed'],
      ['/notes', 'changed'],
      ['/notes/0', 'same'],
      ['/notes/1', 'added'],
      ['/fresh', 'added'],
      ['/old', 'removed'],
    ]);
  });

  test('what holds a change is open, and can be shut', () => {
    const shut = rowsOf(rootsOf(before, after), new Set(['/order']));
    expect(shut.map(({ path }) => path)).toContain('/order');
    expect(shut.map(({ path }) => path)).not.toContain('/order/id');
  });

  test('without a state before nothing is marked', () => {
    const rows = rowsOf(rootsOf(undefined, after), new Set());
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ change }) => change === 'same')).toBe(true);
  });

  test('a list of a million is not spread out', () => {
    const long = Array.from({ length: 1_000_000 }, (_, index) => index);
    expect(rowsOf(rootsOf({ long: [] }, { long }), new Set())).toHaveLength(1);
    expect(briefOf(long)).toMatch(/1.000.000 items/);
  });
});

describe('edits', () => {
  const state = { mail: 'hello', order: { id: 'W1' } };

  test('only what is another value is set', () => {
    const texts = new Map([
      ['mail', '"bye"'],
      ['order', '{ "id": "W1" }'],
      ['extra', undefined],
    ]);
    expect(editsOf(state, texts)).toEqual({ ok: true, set: { mail: 'bye' }, remove: [] });
  });

  test('a key is taken away; what is no JSON is said at its key', () => {
    expect(editsOf(state, new Map([['order', undefined]]))).toEqual({ ok: true, set: {}, remove: ['order'] });
    const faulty = editsOf(state, new Map([['mail', 'hello']]));
    expect(faulty.ok ? undefined : faulty.faults.get('mail')).toContain('line 1');
  });
});

test('steps of two runs stand in line by their number, inner ones left out', () => {
  const row = (step: number, scope = ''): StepRow => ({
    kind: 'step',
    scope,
    step,
    seq: step,
    at: step,
    ms: 1,
    nodes: ['a'],
    changed: [],
    next: [],
  });
  const compared = comparedSteps([row(0), row(1), row(1, '/1:a'), row(2)], [row(0), row(1)], 2);
  expect(compared.map(({ step, one, two, place }) => [step, one?.step, two?.step, place])).toEqual([
    [0, 0, 0, 'shared'],
    [1, 1, 1, 'shared'],
    [2, 2, undefined, 'first'],
  ]);
});
